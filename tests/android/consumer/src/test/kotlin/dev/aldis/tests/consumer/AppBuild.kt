package dev.aldis.tests.consumer

import java.io.File
import java.util.jar.JarOutputStream
import java.util.zip.ZipEntry

/** Builds the app in `app/` with the published AAR, step by step as Gradle does. */
internal class AppBuild(private val folder: File, repository: Repository) {
    private val aar = "dev.aldis:${property(
        "aldis.android.artifact",
    )}:aar:${property("aldis.version")}"
    private val androidAll = "org.robolectric:android-all"
    private val android = repository.file("$androidAll:${property("android-all.version")}")
    private val android10 = repository.file("$androidAll:${property("android-all-10.version")}")
    private val api = repository.resolveApi(aar).map { "${it.groupId}:${it.artifactId}" }

    /** All that the app is made of besides itself. Ours is the first. */
    val libraries: List<Archive> =
        repository.resolve(aar).map { Archive(it, File(folder, "libraries")) }

    private val manifest = File(folder, "AndroidManifest.xml")
    private val resources = File(folder, "resources.apk")
    private val componentRules = File(folder, "components.pro")
    private val app = File(folder, "app.jar")

    init {
        merge()
        val generated = link()
        compile(generated)
    }

    private val dexer = Dexer(listOf(app) + libraries.mapNotNull { it.classes }, android)

    /** R8 with the rules that travel in AARs and those that aapt2 makes for what a manifest names. */
    val release: File = File(folder, "release").apply { mkdir() }.also { into ->
        dexer.release(libraries.mapNotNull { it.rules } + componentRules, into)
    }

    /** As for [release], but without one of our rules. */
    fun releaseWithout(rule: String) {
        val (ours, others) = libraries.mapNotNull { it.rules }.let { it.first() to it.drop(1) }
        check(rule in ours.readLines()) { "no $rule" }
        val fewer = File(folder, "fewer.pro")
        fewer.writeText(ours.readLines().filterNot { it == rule }.joinToString("\n"))
        dexer.release(others + fewer + componentRules, File(folder, "without").apply { mkdir() })
    }

    val debug: File = File(folder, "debug").apply { mkdir() }.also(dexer::debug)

    /** Packs and signs. An app that has ABIs of ours only says so by `abiFilters`. */
    fun pack(dex: File): File {
        val unsigned = File(folder, "${dex.name}-unsigned.apk")
        ApkWriter(unsigned).use { apk ->
            Apk(resources).entries.forEach { apk.store(it.name, it.bytes) }
            dex
                .listFiles()
                .orEmpty()
                .sorted()
                .forEach { apk.store(it.name, it.readBytes()) }
            for (abi in libraries.first().native.keys) {
                libraries.flatMap { it.native[abi].orEmpty() }.forEach {
                    apk.store("lib/$abi/${it.name}", it.readBytes(), PAGE)
                }
            }
        }
        return sign(unsigned, File(folder, "${dex.name}.apk"))
    }

    private fun merge() {
        val manifests = Manifests(File("app/AndroidManifest.xml"))
        libraries.mapNotNull { it.manifest }.forEach(manifests::merge)
        manifests.write(manifest)
    }

    /** Links the resources of all libraries, and returns the sources that name them. */
    private fun link(): File {
        val generated = File(folder, "generated")
        val compiled = libraries.filter { it.resources != null }.mapIndexed { n, library ->
            val file = File(folder, "resources-$n.zip")
            Tool.aapt2.run("compile", "--dir", "${library.resources}", "-o", file.path)
            file.path
        }
        val packages = libraries.mapNotNull { it.manifest }.map(::packageOf).joinToString(":")
        val options = listOf(
            "-o", resources.path,
            "-I", android10.path,
            "--manifest", manifest.path,
            "--java", generated.path,
            "--extra-packages", packages,
            "--proguard", componentRules.path,
            "--auto-add-overlay",
        )
        Tool.aapt2.run("link", *(options + compiled).toTypedArray())
        return generated
    }

    private fun compile(generated: File) {
        val sources = listOf(File("app"), generated)
            .flatMap { it.walk() }
            .filter { it.extension in listOf("kt", "java") }
        val classPath = libraries.filter { it.name in api }.mapNotNull { it.classes } + android
        val classes = File(folder, "classes").apply { mkdir() }
        Compiler(classPath).compile(sources, classes)
        JarOutputStream(app.outputStream()).use { jar ->
            classes.walk().filter(File::isFile).sorted().forEach {
                jar.putNextEntry(ZipEntry(it.toRelativeString(classes)))
                jar.write(it.readBytes())
            }
        }
    }

    private fun sign(unsigned: File, signed: File): File {
        val keys = File(folder, "keys.p12")
        if (!keys.exists()) {
            Tool.keytool.run(
                "-genkeypair", "-keystore", keys.path, "-storetype", "PKCS12",
                "-storepass", PASSWORD, "-alias", "app", "-keyalg", "EC", "-dname", "CN=Consumer",
            )
        }
        Tool.apksigner.run(
            "sign",
            "--ks",
            keys.path,
            "--ks-pass",
            "pass:$PASSWORD",
            "--out",
            signed.path,
            unsigned.path,
        )
        return signed
    }

    companion object {
        /** The largest page that Android has: what is mapped begins at a multiple of it. */
        const val PAGE = 0x4000

        /** Of keys that are thrown away. */
        private const val PASSWORD = "thrown away"

        private fun property(name: String): String =
            checkNotNull(System.getProperty(name)) { "no property $name: Maven passes it" }
    }
}

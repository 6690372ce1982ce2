package dev.aldis.tests.consumer

import org.eclipse.aether.artifact.Artifact
import java.io.File
import java.nio.file.Files
import java.util.zip.ZipFile

/** A library as Gradle sees it: a jar of classes, and what an AAR has besides, unpacked. */
internal class Archive(artifact: Artifact, unpacked: File) {
    /** `group:artifact` */
    val name: String = "${artifact.groupId}:${artifact.artifactId}"

    private val folder = File(unpacked, "${artifact.groupId}-${artifact.artifactId}")
    private val isAar = artifact.extension == "aar"

    init {
        if (isAar) unzip(artifact.file, folder)
    }

    /** The classes. */
    val classes: File? = if (isAar) part("classes.jar") else artifact.file

    /** The manifest that is merged into the app's. */
    val manifest: File? = part("AndroidManifest.xml")

    /** The resources, if it has any. */
    val resources: File? = part("res")?.takeIf { it.walk().any(File::isFile) }

    /** The rules for R8 that an AAR brings. R8 itself finds those in jars. */
    val rules: File? = part("proguard.txt")

    /** The native libraries, by ABI. */
    val native: Map<String, List<File>> =
        part(
            "jni",
        )?.listFiles().orEmpty().associate { it.name to it.listFiles().orEmpty().toList() }

    private fun part(name: String): File? = File(folder, name).takeIf { isAar && it.exists() }
}

private fun unzip(archive: File, folder: File) = ZipFile(archive).use { zip ->
    zip.entries().asSequence().filterNot { it.isDirectory }.forEach { entry ->
        val file = File(folder, entry.name)
        check(file.canonicalFile.startsWith(folder.canonicalFile)) { "$archive: ${entry.name}" }
        file.parentFile.mkdirs()
        zip.getInputStream(entry).use { Files.copy(it, file.toPath()) }
    }
}

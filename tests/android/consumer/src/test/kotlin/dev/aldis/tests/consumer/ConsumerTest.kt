package dev.aldis.tests.consumer

import com.android.tools.r8.CompilationFailedException
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeAll
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestInstance
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir
import java.io.File

/** The AAR as the developer of an app gets it: one dependency, and nothing more to do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
internal class ConsumerTest {
    private lateinit var build: AppBuild
    private lateinit var release: File
    private lateinit var apk: Apk

    @BeforeAll
    fun build(
        @TempDir folder: File,
    ) {
        val published = File(System.getProperty("aldis.android.repository"))
        build = AppBuild(folder, Repository(published, File("target/repository")))
        release = build.pack(build.release)
        apk = Apk(release)
    }

    @Test
    fun `what it needs comes with it`() {
        val names = build.libraries.map { it.name }
        for (needed in NEEDED) assertTrue(needed in names) { "$needed is not among $names" }
    }

    @Test
    fun `it is signed, and every entry lies where it should`() {
        Tool.apksigner.run("verify", "--min-sdk-version", "24", "-Werr", release.path)
        Tool.zipalign.run("-c", "-p", "4", release.path)
    }

    @Test
    fun `an app gets two permissions by it`() {
        val dump = Tool.aapt2.run("dump", "permissions", release.path)
        val asked = Regex("uses-permission: name='(.*?)'").findAll(dump).map { it.groupValues[1] }
        assertEquals(setOf("$ANDROID.INTERNET", "$ANDROID.ACCESS_NETWORK_STATE"), asked.toSet())
    }

    @Test
    fun `it can be installed from Android 7 on, for every processor that there is a library for`() {
        val dump = Tool.aapt2.run("dump", "badging", release.path)
        assertTrue("sdkVersion:'24'" in dump) { dump }
        assertTrue("launchable-activity: name='org.example.consumer.MainActivity'" in dump) { dump }
        val abis = dump.lines().single { it.startsWith("native-code:") }
        for (abi in ABIS) assertTrue("'$abi'" in abis) { abis }
    }

    @Test
    fun `the native libraries are mapped in pages of 16 KiB`() {
        val names = apk.libraries.map { it.name }.toSet()
        for (abi in ABIS) {
            assertTrue("lib/$abi/libaldis.so" in names) { "$names" }
            assertTrue("lib/$abi/libjnidispatch.so" in names) { "$names" }
        }
        for (library in apk.libraries) {
            assertTrue(library.isStored) { "${library.name} is compressed" }
            assertEquals(0, library.offset % AppBuild.PAGE) { "${library.name} in the APK" }
            loadAlignments(library.bytes).forEach {
                assertEquals(0, it % AppBuild.PAGE) { "a part of ${library.name}" }
            }
        }
    }

    @Test
    fun `R8 keeps what native code looks up, and renames the rest`() {
        val classes = apk.classes
        for (kept in listOf(
            "dev.aldis.internal.Lane",
            "dev.aldis.ffi.UniffiLib",
            "com.sun.jna.Native",
        )) {
            assertTrue(kept in classes) { "$kept is gone" }
        }
        assertFalse("dev.aldis.internal.Engine" in classes)
        assertFalse("dev.aldis.SignalClient" in classes)
        assertFalse("org.example.consumer.Line" in classes)
    }

    @Test
    fun `R8 stops at the windows that JNA has if no rule is about them`() {
        val failure = assertThrows<CompilationFailedException> {
            build.releaseWithout("-dontwarn java.awt.**")
        }
        assertTrue("java.awt." in "${failure.cause}") { failure.stackTraceToString() }
    }

    @Test
    fun `a debug build has all classes under their names`() {
        val debug = Apk(build.pack(build.debug))
        for (kept in listOf(
            "dev.aldis.SignalClient",
            "dev.aldis.android.Aldis",
            "org.example.consumer.Line",
        )) {
            assertTrue(kept in debug.classes) { "$kept is gone" }
        }
        assertTrue(apk.classes.size < debug.classes.size / 2)
    }

    private companion object {
        const val ANDROID = "android.permission"
        val ABIS = listOf("arm64-v8a", "armeabi-v7a", "x86_64")
        val NEEDED = listOf(
            "androidx.lifecycle:lifecycle-process",
            "net.java.dev.jna:jna",
            "org.jetbrains.kotlin:kotlin-stdlib",
            "org.jetbrains.kotlinx:kotlinx-coroutines-core-jvm",
            "org.jetbrains.kotlinx:kotlinx-serialization-json-jvm",
        )
    }
}

package dev.aldis

import dev.aldis.child.AsOnAndroid
import dev.aldis.child.LoadsAsOnAndroid
import dev.aldis.child.LoadsTheLibrary
import dev.aldis.internal.androidAbi
import dev.aldis.support.ChildJvm
import dev.aldis.support.Libraries
import dev.aldis.support.Outcome
import dev.aldis.support.Way
import dev.aldis.support.test
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.condition.EnabledOnOs
import org.junit.jupiter.api.condition.OS
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import java.io.File

/**
 * How the native library is loaded on Android, by a JVM that takes itself for one: the libraries are
 * in a folder, as an installed APK has them, where Java finds them (`java.library.path`) and so does
 * the linker (`LD_LIBRARY_PATH`).
 */
@EnabledOnOs(OS.LINUX)
internal class AndroidLoadingTest {
    @TempDir
    private lateinit var folder: File

    @Test
    fun `JNI and JNA use one library, whoever loads it and how often`() = test(Way.LANE) {
        install(aldis = true, jna = true)
        val linked = File(folder, "linked")
        val outcome = run(
            LoadsAsOnAndroid::class.java,
            listOf("-Xlog:jni+resolve=debug:file=$linked"),
            listOf(aldis().url, "true"),
        )
        assertEquals(0, outcome.exitCode) { "$outcome" }
        val lines = outcome.out.lines().filter(String::isNotEmpty)
        assertEquals("echo 1", lines.first())
        val expected = listOf("mapped $folder/libaldis.so", "mapped $folder/libjnidispatch.so")
        assertEquals(expected, lines.drop(1).sorted())
        assertTrue("dev.aldis.internal.Lane.send ... JNI" in linked.readText()) { "no lane" }
    }

    @Test
    fun `an APK without the library for this processor is told so`() {
        install(aldis = false, jna = true)
        val out = load("-Dos.arch=aarch64")
        assertTrue("for arm64-v8a could not be loaded" in out) { out }
        assertTrue("tried: the app's libraries: lib/arm64-v8a/libaldis.so: " in out) { out }
    }

    @Test
    fun `an APK without JNA's library is told so`() {
        install(aldis = true, jna = false)
        val out = load("-Dos.arch=armv8l")
        assertTrue("for armeabi-v7a could not be loaded" in out) { out }
        assertTrue("tried: the app's libraries: lib/armeabi-v7a/libjnidispatch.so: " in out) { out }
    }

    @ParameterizedTest
    @CsvSource(
        "aarch64, arm64-v8a",
        "armv7l, armeabi-v7a",
        "armv8l, armeabi-v7a",
        "x86_64, x86_64",
        "amd64, x86_64",
        "i686, x86",
        "riscv64, riscv64",
    )
    fun `a processor is called as the folders of an APK are`(arch: String, abi: String) {
        assertEquals(abi, androidAbi(arch))
    }

    private fun load(option: String): String {
        val outcome = run(LoadsTheLibrary::class.java, listOf(option), emptyList())
        assertEquals(0, outcome.exitCode) { "$outcome" }
        assertTrue("native_library: " in outcome.out) { "$outcome" }
        return outcome.out
    }

    private fun run(main: Class<*>, options: List<String>, arguments: List<String>): Outcome =
        ChildJvm.run(
            AsOnAndroid::class.java,
            options + "-Djava.library.path=$folder",
            listOf(main.name) + arguments,
            mapOf("LD_LIBRARY_PATH" to folder.path),
        )

    private fun install(aldis: Boolean, jna: Boolean) {
        if (aldis) Libraries.aldis.copyTo(File(folder, Libraries.aldis.name))
        if (jna) Libraries.unpackJna(folder)
    }
}

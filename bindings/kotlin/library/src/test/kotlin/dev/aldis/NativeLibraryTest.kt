package dev.aldis

import dev.aldis.child.LoadsTheLibrary
import dev.aldis.support.ChildJvm
import dev.aldis.support.Libraries
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File

internal class NativeLibraryTest {
    @Test
    fun `a machine that no library is bundled for is told what is`() {
        val out = load("-Dos.arch=vax")
        assertEquals(
            2,
            Regex("^native_library: ", RegexOption.MULTILINE).findAll(out).count(),
        ) { out }
        assertTrue("vax" in out) { out }
        assertTrue("linux-x86-64" in out || "linux-aarch64" in out) { out }
        assertTrue("tried: " in out) { out }
    }

    @Test
    fun `a file that is named is the only place that is tried`() {
        val out = load("-Ddev.aldis.library.path=/no/such/libaldis.so")
        assertTrue("/no/such/libaldis.so" in out) { out }
        assertEquals(2, Regex("^tried: ", RegexOption.MULTILINE).findAll(out).count()) { out }
    }

    @Test
    fun `a file that is named may be no library`(
        @TempDir folder: File,
    ) {
        val file = File(folder, "libaldis.so").apply { writeText("not a library") }
        val out = load("-Ddev.aldis.library.path=$file")
        assertTrue("native_library: " in out && "$file" in out) { out }
    }

    @Test
    fun `a file that is named is loaded`() {
        val option = "-Ddev.aldis.library.path=${Libraries.aldis}"
        assertTrue("rooms []\nrooms []\n" in load(option))
    }

    @Test
    fun `without a place for temporary files it is told so`(
        @TempDir folder: File,
    ) {
        val noFolder = File(folder, "file").apply { writeText("") }
        val out = load("-Djava.io.tmpdir=$noFolder")
        assertTrue("native_library: " in out && "$noFolder" in out) { out }
    }

    @Test
    fun `what the class path has is unpacked, loaded and removed`(
        @TempDir folder: File,
    ) {
        assertTrue("rooms []\n" in load("-Djava.io.tmpdir=$folder"))
        assertFalse(folder.walk().any { it.name.startsWith("libaldis") })
    }

    private fun load(vararg options: String): String {
        val outcome = ChildJvm.run(LoadsTheLibrary::class.java, options.asList())
        assertEquals(0, outcome.exitCode) { "$outcome" }
        assertTrue("closed" in outcome.out)
        assertFalse("Exception" in outcome.err) { outcome.err }
        return outcome.out
    }
}

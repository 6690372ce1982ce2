package dev.aldis

import dev.aldis.child.DoesEverything
import dev.aldis.support.ChildJvm
import dev.aldis.support.Way
import dev.aldis.support.test
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File

/**
 * The JVM watches how JNI is used. JNA leaves many warnings, so what is looked for is what it
 * cannot be: a frame of ours at the border, or a function of JNI that it does not call.
 */
internal class JniChecksTest {
    @Test
    fun `the JVM finds nothing to say about the lane`(
        @TempDir folder: File,
    ) = test(Way.LANE) {
        val log = File(folder, "jvm.log")
        val options = listOf(
            "-Xcheck:jni",
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:-DisplayVMOutput",
            "-XX:+LogVMOutput",
            "-XX:LogFile=$log",
        )
        val outcome = ChildJvm.run(DoesEverything::class.java, options, listOf(aldis().url, "true"))
        assertEquals(0, outcome.exitCode) { "$outcome" }
        assertEquals("done\n", outcome.out)
        assertEquals("", outcome.err)

        val lines = log.readLines()
        assertTrue(lines.any { it.endsWith(BY_JNA.first()) }) { "nothing was watched" }
        val findings = lines.filter { line ->
            val isWarning = "WARNING in native method" in line && BY_JNA.none { line.endsWith(it) }
            isWarning || "FATAL" in line || "dev.aldis.internal.Lane" in line
        }
        assertEquals(emptyList<String>(), findings)
        // JNI_OnLoad of the library itself, and not of JNA.
        val loads = lines.zipWithNext().filter {
            (load, by) ->
            "System.load(" in load && "com.sun.jna" !in by
        }
        assertEquals(emptyList<Any>(), loads)
    }

    private companion object {
        val BY_JNA =
            listOf(" from CallVoidMethod", " from CallObjectMethod", " from CallStaticObjectMethod")
    }
}

package dev.aldis.tests.shrunk

import com.sun.jna.Callback
import com.sun.jna.Structure
import dev.aldis.support.BlockingServer
import dev.aldis.support.ChildJvm
import dev.aldis.support.Libraries
import dev.aldis.support.Outcome
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeAll
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestInstance
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.MethodSource
import org.junit.jupiter.params.provider.ValueSource
import java.io.File
import java.lang.reflect.Modifier

/** The rules of the AAR let R8 shrink an app, and nothing of what they keep could go. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
internal class ShrunkAppTest {
    private lateinit var folder: File
    private lateinit var server: BlockingServer
    private lateinit var shrunk: File

    @BeforeAll
    fun shrink(
        @TempDir folder: File,
    ) {
        this.folder = folder
        server = BlockingServer("--user", "ann=fresh")
        Libraries.unpackJna(folder)
        shrunk = shrink("all", Rules.ours)
    }

    @AfterAll
    fun end() {
        server.close()
    }

    @ParameterizedTest
    @ValueSource(booleans = [true, false])
    fun `a shrunk app does what it did before`(lane: Boolean) {
        val before = Shrinker.jars.joinToString(File.pathSeparator)
        val expected = run(before, lane)
        assertEquals(0, expected.exitCode) { "$expected" }
        assertTrue(expected.out.endsWith("done\n")) { "$expected" }
        val outcome = run(shrunk.path, lane)
        assertEquals(expected.out, outcome.out) { "$outcome" }
        assertEquals(0, outcome.exitCode) { "$outcome" }
        assertEquals(lane, outcome.linksLane)
    }

    @Test
    fun `it does so with a Kotlin that is not shrunk`() {
        val outcome = shrinkAndRun("control", Rules.ours)
        assertTrue(outcome.exitCode == 0 && outcome.linksLane) { "$outcome" }
    }

    @ParameterizedTest
    @MethodSource("needed")
    fun `without any one of the rules it does not`(missing: String) {
        val outcome = shrinkAndRun("without-${needed().indexOf(missing)}", Rules.ours - missing)
        assertFalse(outcome.exitCode == 0 && outcome.linksLane) { "not needed: $missing" }
    }

    @Test
    fun `what was not named has other names, or is gone`() {
        val names = Shrinker.classes(shrunk).keys.filter { it.startsWith("dev.aldis.") }
        val (generated, others) = names.partition { it.startsWith("dev.aldis.ffi.") }
        assertEquals(setOf("dev.aldis.internal.Lane", App::class.java.name), others.toSet())
        assertEquals(emptyList<String>(), generated.filterNot(::isKnownToJna))
    }

    @Test
    fun `most of the code is gone`() {
        val before = Shrinker.jars.sumOf { Shrinker.classes(it).values.sum() }
        val after = Shrinker.classes(shrunk).values.sum()
        println("$before bytes of classes were shrunk to $after")
        assertTrue(after * 3 < before) { "$before bytes of classes were shrunk to $after only" }
    }

    private fun isKnownToJna(name: String): Boolean {
        // To initialise it would be to load the library.
        val type = Class.forName(name, false, javaClass.classLoader)
        return Structure::class.java.isAssignableFrom(type) ||
            Callback::class.java.isAssignableFrom(type) ||
            type.declaredMethods.any { Modifier.isNative(it.modifiers) }
    }

    private fun shrink(name: String, rules: List<String>, unshrunk: List<File> = emptyList()) =
        File(folder, "$name.jar").also { Shrinker.shrink(rules, it, unshrunk) }

    private fun shrinkAndRun(name: String, rules: List<String>): Run {
        val classes = listOf(shrink(name, rules, Shrinker.kotlins)) + Shrinker.kotlins
        return run(classes.joinToString(File.pathSeparator), lane = true)
    }

    /** Runs the app with the native libraries, which R8 does not see. */
    private fun run(classPath: String, lane: Boolean): Run {
        val linked = File.createTempFile("linked", null, folder)
        val options = listOf(
            "-Djna.boot.library.path=$folder",
            "-Ddev.aldis.library.path=${Libraries.aldis}",
            "-Ddev.aldis.lane=${if (lane) "on" else "off"}",
            "-Xlog:jni+resolve=debug:file=$linked",
        )
        val outcome = ChildJvm.run(App::class.java.name, classPath, options, listOf(server.url))
        return Run(outcome, "dev.aldis.internal.Lane.send ... JNI" in linked.readText())
    }

    /** How the app ended, and whether it sent a message by the lane. */
    private class Run(private val outcome: Outcome, val linksLane: Boolean) {
        val exitCode get() = outcome.exitCode
        val out get() = outcome.out

        override fun toString() = "$outcome"
    }

    private companion object {
        /** All that a JVM can tell of: it has the windows that Android has not. */
        @JvmStatic
        fun needed(): List<String> = Rules.ours.filterNot { it.startsWith("-dontwarn") }
    }
}

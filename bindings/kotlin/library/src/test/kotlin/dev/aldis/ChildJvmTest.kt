package dev.aldis

import dev.aldis.child.ForgetsToClose
import dev.aldis.child.HasLittleMemory
import dev.aldis.child.WritesALog
import dev.aldis.support.BothWays
import dev.aldis.support.ChildJvm
import dev.aldis.support.Outcome
import dev.aldis.support.TestBed
import dev.aldis.support.Way
import dev.aldis.support.test
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File

/** What shows only from outside of a process. */
@BothWays
internal class ChildJvmTest(private val way: Way) {
    @Test
    fun `a main that forgets to close its client ends all the same, and leaves no file`(
        @TempDir folder: File,
    ) = test(way) {
        val outcome = run(ForgetsToClose::class.java, "-Djava.io.tmpdir=$folder")
        assertEquals(0, outcome.exitCode) { "$outcome" }
        assertEquals("got 1\n", outcome.out)
        assertEquals("", outcome.err)
        val left = folder.walk().filter { it.name.contains("aldis") && it.isFile }.toList()
        assertEquals(emptyList<File>(), left)
    }

    @Test
    fun `what piles up fits into a small heap`() = test(way) {
        val outcome = run(HasLittleMemory::class.java, "-Xmx40m")
        assertEquals(0, outcome.exitCode) { "$outcome" }
        assertEquals("done\n", outcome.out)
    }

    @Test
    fun `the log has what we do, under its tag and to its level, and no secret`() = test(way) {
        val outcome = run(WritesALog::class.java)
        assertEquals(0, outcome.exitCode) { "$outcome" }
        val lines = outcome.err.lines().filter(String::isNotEmpty)
        val state = Regex("""INFO  Chat aldis_client::\S+: state changed .*state=authenticated.*""")
        assertTrue(lines.any(state::matches)) { outcome.err }
        assertTrue(lines.all { Regex("""[A-Z]+ +Chat aldis\S*: .*""").matches(it) }) { outcome.err }
        assertFalse("s3cr3t" in outcome.err) { outcome.err }
    }

    private suspend fun TestBed.run(main: Class<*>, vararg options: String): Outcome =
        ChildJvm.run(main, options.asList(), listOf(aldis().url, "${way == Way.LANE}"))
}

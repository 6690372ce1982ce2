package dev.aldis

import dev.aldis.support.BothWays
import dev.aldis.support.Leftovers
import dev.aldis.support.Way
import dev.aldis.support.test
import kotlinx.coroutines.CoroutineStart.UNDISPATCHED
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

@BothWays
internal class RoundsTest(private val way: Way) {
    /** What is left at the end, if anything, the end of every test looks for. */
    @Test
    fun `a thousand clients come and go without a trace`() = test(way) {
        val server = aldis()
        val threads = Thread.activeCount()
        repeat(ROUNDS / AT_ONCE) {
            val rounds = List(AT_ONCE) {
                launch(Dispatchers.Default) {
                    client(server).use { client ->
                        val collecting =
                            launch(start = UNDISPATCHED) { client.messages().collect {} }
                        client.connect()
                        client.sendJson("echo", "1")
                        client.close()
                        collecting.join()
                    }
                }
            }
            rounds.forEach { it.join() }
        }
        Leftovers.assertNone()
        assertTrue(Thread.activeCount() <= threads + Runtime.getRuntime().availableProcessors() * 2)
    }

    private companion object {
        const val ROUNDS = 1_000
        const val AT_ONCE = 4
    }
}

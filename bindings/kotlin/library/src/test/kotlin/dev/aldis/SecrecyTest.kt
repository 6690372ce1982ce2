package dev.aldis

import dev.aldis.support.BothWays
import dev.aldis.support.NoServer
import dev.aldis.support.Way
import dev.aldis.support.test
import kotlinx.coroutines.CoroutineStart.UNDISPATCHED
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.first
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Test

/** Logs get what is shown, and secrets have no place there. */
@BothWays
internal class SecrecyTest(private val way: Way) {
    @Test
    fun `nothing that is shown of a session has the token or a payload`() = test(way) {
        val client = client(aldis("--user", "ann=$SECRET"), SECRET)
        val received = async(start = UNDISPATCHED) { client.messages("echo").first() }
        var shown = listOf<Any?>(client.connect(), client.state.value)
        client.sendJson("echo", "\"$SECRET\"")
        val message = received.await()
        assertEquals("\"$SECRET\"", message.data)
        shown += listOf(message, client.stats(), client.explain(), client.lag(), client)
        shown += client.failuresOf(
            { sendJson("echo", "{$SECRET") },
            { sendJson("echo", "\"$SECRET\uD83D\"") },
            { requestJson("echo", "{$SECRET") },
            { sendJson("echo", "\"$SECRET${"x".repeat(100_000)}\"") },
            { request<String, Numbered>("echo", SECRET) },
            { updateToken("$SECRET\uD83D") },
        )
        assertSecret(shown)
    }

    @Test
    fun `nothing that is shown of a failure has the token`() = test(way) {
        val refused = client(aldis("--user", "ann=right"), SECRET)
        val unreachable = client(NoServer, SECRET) {
            maxRetries(0).header("Authorization", SECRET)
        }
        val wrong =
            client(
                NoServer,
                SECRET,
            ) { header("Authorization", "$SECRET\n").proxy("http://me:$SECRET@[") }
        var shown = listOf<Any?>()
        for (client in listOf(refused, unreachable, wrong)) {
            shown += client.failuresOf({ connect() })
            shown += runCatching { client.explain() }.getOrElse { it }
            shown += runCatching { client.stats() }.getOrElse { it }
            shown += client.state.value
        }
        assertSecret(shown)
    }

    private suspend fun SignalClient.failuresOf(vararg calls: suspend SignalClient.() -> Unit) =
        calls.map { runCatching { it() }.exceptionOrNull() ?: error("it did not fail") }

    private fun assertSecret(shown: List<Any?>) {
        for (thing in shown) {
            val text = if (thing is Throwable) thing.stackTraceToString() else thing.toString()
            assertFalse(SECRET in text) { text }
        }
    }

    private companion object {
        const val SECRET = "s3cr3t"
    }
}

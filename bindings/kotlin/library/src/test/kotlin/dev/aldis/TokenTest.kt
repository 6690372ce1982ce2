package dev.aldis

import dev.aldis.support.BothWays
import dev.aldis.support.TestBed
import dev.aldis.support.Way
import dev.aldis.support.test
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.time.Duration.Companion.minutes

@BothWays
internal class TokenTest(private val way: Way) {
    @Test
    fun `the provider is asked at first, and again when its token was refused`() = test(way) {
        val requests = CopyOnWriteArrayList<TokenRequest>()
        val server = aldis("--user", "ann=fresh")
        val client = client(
            server,
            token = null,
            tokens = { request ->
                requests += request
                if (request == TokenRequest.Initial) "stale" else "fresh"
            },
        )
        assertEquals("ann", client.connect().userId)
        assertEquals(listOf(TokenRequest.Initial, TokenRequest.Refused), requests)
    }

    @Test
    fun `a provider that throws fails the attempt with its words`() = test(way) {
        val broken = IllegalStateException("out of tokens")
        val client = client(aldis(), null, { throw broken }) { maxRetries(0) }
        val failure = assertThrows<ConnectFailedException> { client.connect() }
        assertTrue("out of tokens" in failure.reason.message) { failure.reason.message }
        assertTold(broken)
    }

    @Test
    fun `an Error of the provider fails the attempt too`() = test(way) {
        val broken = NotImplementedError("nobody wrote it")
        val client =
            client(aldis(), null, { throw broken }) { maxRetries(0).tokenTimeout(10.minutes) }
        val failure = assertThrows<ConnectFailedException> { client.connect() }
        assertTrue("nobody wrote it" in failure.reason.message) { failure.reason.message }
        assertTold(broken)
    }

    @Test
    fun `a provider that is still busy is cancelled when the client is closed`() = test(way) {
        val (asked, cancelled) = List(2) { CompletableDeferred<Unit>() }
        val client = client(
            aldis(),
            token = null,
            tokens = {
                asked.complete(Unit)
                try {
                    awaitCancellation()
                } finally {
                    cancelled.complete(Unit)
                }
            },
        ) { tokenTimeout(10.minutes) }
        val connecting = launch { assertThrows<ClientClosedException> { client.connect() } }
        asked.await()
        client.close()
        cancelled.await()
        connecting.join()
    }

    @Test
    fun `a token that the server refuses ends connect`() = test(way) {
        val client = client(aldis("--user", "ann=right"), "wrong")
        val failure = assertThrows<ConnectFailedException> { client.connect() }
        assertEquals("auth_rejected", failure.code)
        assertEquals(4003, failure.reason.closeCode)
    }

    @Test
    fun `a token can be replaced after it was refused`() = test(way) {
        val client = client(aldis("--user", "ann=right"), "wrong")
        assertThrows<ConnectFailedException> { client.connect() }
        client.updateToken("right")
        assertEquals("ann", client.connect().userId)
    }

    @Test
    fun `without a token there is no connection`() = test(way) {
        val client = client(aldis(), token = null)
        assertEquals(
            "token_missing",
            assertThrows<ConnectFailedException> { client.connect() }.code,
        )
    }

    /** Coroutines may copy an exception, to show more of the way that it took. */
    private fun TestBed.assertTold(broken: Throwable) {
        assertTrue(uncaught.removeIf { it === broken || it.cause === broken }) { "$uncaught" }
    }

    @Test
    fun `an empty token is not taken`() = test(way) {
        val client = client(aldis(), token = null)
        assertThrows<InvalidTokenException> { client.updateToken("") }
    }
}

package dev.aldis

import app.cash.turbine.test
import dev.aldis.support.BothWays
import dev.aldis.support.Way
import dev.aldis.support.test
import dev.aldis.support.until
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import kotlin.time.Duration
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes

@BothWays
internal class RequestTest(private val way: Way) {
    @Test
    fun `a typed request gets a typed reply`() = test(way) {
        val client = client(aldis())
        val session = client.connect()
        val who = client.request<NoPayload, Who>("who", NoPayload)
        assertEquals("ann", who.userId)
        assertEquals(session.clientId, who.id)
    }

    @Test
    fun `requests at the same time get their own replies`() = test(way) {
        val client = connected(aldis())
        val replies =
            List(500) { n -> async { client.request<Numbered, Numbered>("echo", Numbered(n)) } }
        assertEquals(List(500, ::Numbered), replies.awaitAll())
    }

    @Test
    fun `a reply is nobody else's message`() = test(way) {
        val client = connected(aldis())
        client.messages("echo").test {
            client.requestJson("echo", "1")
            client.sendJson("echo", "2")
            assertEquals("2", awaitItem().data)
        }
    }

    @Test
    fun `a reply that comes too late is an ordinary message`() = test(way) {
        val proxy = proxy(aldis())
        val client = connected(proxy)
        client.messages("echo").test {
            proxy.stall("to_client")
            val failure = assertThrows<RequestException.TimedOut> {
                client.requestJson("echo", "1", timeout = 50.milliseconds)
            }
            assertEquals("request_timed_out", failure.code)
            assertTrue("50ms" in failure.message.orEmpty()) { failure.message }
            proxy.resume()
            assertEquals("1", awaitItem().data)
        }
    }

    @Test
    fun `a refusal carries the reply`() = test(way) {
        val client = connected(aldis())
        val failure =
            assertThrows<RequestException.Refused> { client.requestJson("no-such-event", "1") }
        assertEquals("request_refused", failure.code)
        assertEquals("error", failure.reply.event)
        assertTrue("no-such-event" in failure.reply.data) { failure.reply.data }
        assertTrue("no-such-event" in failure.message.orEmpty()) { failure.message }
    }

    @Test
    fun `a reply of another type is told to who asked`() = test(way) {
        val client = connected(aldis())
        assertThrows<UndecodablePayloadException> {
            client.request<Numbered, Text>(
                "echo",
                Numbered(1),
            )
        }
        assertEquals(Numbered(2), client.request<Numbered, Numbered>("echo", Numbered(2)))
    }

    @Test
    fun `the end of the connection ends a request`() = test(way) {
        val proxy = proxy(aldis())
        val client = connected(proxy)
        proxy.stall("to_client")
        val request =
            async { runCatching { client.requestJson("echo", "1", timeout = 10.minutes) } }
        until { client.stats().messagesSent == 1L }
        proxy.cut()
        assertInstanceOf(
            RequestException.ConnectionLost::class.java,
            request.await().exceptionOrNull(),
        )
    }

    @Test
    fun `without a connection there is no request`() = test(way) {
        val client = client(aldis())
        val failure = assertThrows<RequestException.NotSent> { client.requestJson("echo", "1") }
        assertInstanceOf(SendException.NotConnected::class.java, failure.reason)
        assertEquals("not_connected", failure.code)
    }

    @Test
    fun `a request must be fit to be sent`() = test(way) {
        val client = connected(aldis())
        assertThrows<RequestException.NotSent> { client.requestJson("echo", "{") }
        assertThrows<RequestException.NotSent> { client.requestJson("heartbeat", "1") }
        assertThrows<RequestException.NotSent> { client.requestJson("echo", "\"\uD83D\"") }
        assertThrows<RequestException.NotSent> { client.requestJson("\uD83D", "1") }
    }

    @Test
    fun `a timeout must be positive and within a day`() = test(way) {
        val client = connected(aldis())
        for (timeout in listOf(Duration.ZERO, (-1).milliseconds, 2.days, Duration.INFINITE)) {
            val failure =
                assertThrows<RequestException.InvalidTimeout> {
                    client.requestJson(
                        "echo",
                        "1",
                        timeout,
                    )
                }
            assertEquals("invalid_timeout", failure.code)
        }
    }

    @Test
    fun `more requests than allowed are refused`() = test(way) {
        val proxy = proxy(aldis())
        val client = connected(proxy) { maxPendingRequests(1) }
        proxy.stall("to_client")
        val first = async { client.requestJson("echo", "1", timeout = 10.minutes) }
        until { client.stats().messagesSent == 1L }
        assertThrows<RequestException.TooMany> { client.requestJson("echo", "2") }
        proxy.resume()
        assertEquals("1", first.await().data)
    }
}

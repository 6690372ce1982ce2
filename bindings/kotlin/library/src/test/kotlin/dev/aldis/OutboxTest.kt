package dev.aldis

import app.cash.turbine.test
import dev.aldis.support.BothWays
import dev.aldis.support.Way
import dev.aldis.support.test
import dev.aldis.support.until
import kotlinx.coroutines.CoroutineStart.UNDISPATCHED
import kotlinx.coroutines.async
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import kotlin.time.Duration.Companion.minutes

/** The line is held in these tests, and more is sent than all buffers on the way can take. */
@BothWays
internal class OutboxTest(private val way: Way) {
    @Test
    fun `send waits while the outbox is full, and goes on in order`() = test(way) {
        val proxy = proxy(aldis())
        val client = connected(proxy) { maxOutboxMessages(8) }
        client.messages("to-user").test {
            proxy.stall("to_server")
            val sending = async { client.sendPadded(MESSAGES) }
            client.untilOutboxIsFull()
            assertTrue(sending.isActive)
            proxy.resume()
            sending.await()
            repeat(MESSAGES) { awaitItem() }
        }
        assertEquals(0, client.stats().outboxMessages)
    }

    @Test
    fun `many may wait for room at the same time`() = test(way) {
        val proxy = proxy(aldis())
        val client = connected(proxy) { maxOutboxMessages(8) }
        client.messages("to-user").test {
            proxy.stall("to_server")
            val sending = List(16) { async { client.sendPadded(MESSAGES / 16) } }
            client.untilOutboxIsFull()
            proxy.resume()
            sending.forEach { it.await() }
            repeat(MESSAGES) { awaitItem() }
        }
    }

    @Test
    fun `a request waits too while the outbox is full`() = test(way) {
        val proxy = proxy(aldis())
        val client = connected(proxy) { maxOutboxMessages(8) }
        proxy.stall("to_server")
        val sending = async { client.sendPadded(MESSAGES) }
        client.untilOutboxIsFull()
        val asking = async(start = UNDISPATCHED) {
            client.request<Numbered, Numbered>("echo", Numbered(7), timeout = 1.minutes)
        }
        proxy.resume()
        assertEquals(Numbered(7), asking.await())
        sending.await()
    }

    @Test
    fun `who waits for room is told that the connection ended`() = test(way) {
        val proxy = proxy(aldis())
        val client = connected(proxy) { maxOutboxMessages(8) }
        proxy.stall("to_server")
        val sending = async { runCatching { client.sendPadded(MESSAGES) } }
        client.untilOutboxIsFull()
        client.disconnect()
        assertInstanceOf(SendException.NotConnected::class.java, sending.await().exceptionOrNull())
    }

    @Test
    fun `offline the messages that may wait fill the outbox too`() = test(way) {
        val client = client(aldis()) { maxOutboxMessages(4) }
        client.rooms()
        client.events<Numbered>("echo").test {
            repeat(4) { client.trySend("echo", Numbered(it), ttl = 10.minutes) }
            val failure = assertThrows<SendException.OutboxFull> {
                client.trySend("echo", Numbered(-1), ttl = 10.minutes)
            }
            assertEquals(4, failure.messages)
            assertEquals(4L * """{"event":"echo","data":{"n":0}}""".length, failure.bytes)
            val waiting = launch(start = UNDISPATCHED) {
                client.send("echo", Numbered(4), ttl = 10.minutes)
            }
            client.connect()
            waiting.join()
            repeat(5) { assertEquals(Numbered(it), awaitItem()) }
        }
    }

    /** To a user who is not there: the replies are short. */
    private suspend fun SignalClient.sendPadded(messages: Int) {
        val padding = "x".repeat(90_000)
        repeat(
            messages,
        ) { n ->
            sendJson(
                "to-user",
                """{"userId":"nobody","event":"e","data":{"n":$n},"pad":"$padding"}""",
            )
        }
    }

    private suspend fun SignalClient.untilOutboxIsFull() = until {
        try {
            trySendJson("echo", "0")
            false
        } catch (full: SendException.OutboxFull) {
            assertEquals("outbox_full", full.code)
            true
        }
    }

    private companion object {
        /** 12 MB: a socket that is not read takes a third of it at most. */
        const val MESSAGES = 128
    }
}

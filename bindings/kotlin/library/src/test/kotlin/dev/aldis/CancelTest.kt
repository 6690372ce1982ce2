package dev.aldis

import app.cash.turbine.test
import dev.aldis.ConnectionState.Authenticated
import dev.aldis.ConnectionState.Connecting
import dev.aldis.support.BothWays
import dev.aldis.support.Leftovers
import dev.aldis.support.SilentServer
import dev.aldis.support.Way
import dev.aldis.support.test
import dev.aldis.support.until
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart.DEFAULT
import kotlinx.coroutines.CoroutineStart.UNDISPATCHED
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.minutes

/** A call may be cancelled at any time: it ends at once, and nothing is left of it. */
@BothWays
internal class CancelTest(private val way: Way) {
    @Test
    fun `connect is cancelled, and the attempt goes on`() = test(way) {
        val proxy = proxy(aldis())
        proxy.stall()
        val client = client(proxy)
        val connecting = launch { client.connect() }
        client.state.first { it == Connecting }
        connecting.cancelAndJoin()
        until { pendingCalls() == 0 }
        proxy.resume()
        client.state.filterIsInstance<Authenticated>().first()
    }

    @Test
    fun `connect is cancelled many times`() = test(way) {
        val client = client(own(SilentServer()))
        repeat(200) {
            val connecting = launch(start = UNDISPATCHED) { client.connect() }
            connecting.cancelAndJoin()
        }
        until { pendingCalls() == 0 }
    }

    @Test
    fun `a request is cancelled, and its reply is an ordinary message`() = test(way) {
        val proxy = proxy(aldis())
        val client = connected(proxy)
        client.messages("echo").test {
            proxy.stall("to_client")
            val requesting = launch { client.requestJson("echo", "1", 10.minutes) }
            until { client.stats().messagesSent == 1L }
            requesting.cancelAndJoin()
            until { pendingCalls() == 0 }
            proxy.resume()
            assertEquals("1", awaitItem().data)
        }
    }

    @Test
    fun `a send that waits is cancelled, and its message is not sent`() = test(way) {
        val client = client(aldis()) { maxOutboxMessages(1) }
        client.send("echo", Numbered(0), ttl = 10.minutes)
        client.messages("echo").test {
            val waiting =
                launch(start = UNDISPATCHED) { client.send("echo", Numbered(1), ttl = 10.minutes) }
            until { pendingCalls() > 0 }
            waiting.cancelAndJoin()
            until { pendingCalls() == 0 }
            client.connect()
            assertEquals("""{"n":0}""", awaitItem().data)
            client.send("echo", Numbered(2))
            assertEquals("""{"n":2}""", awaitItem().data)
        }
    }

    @Test
    fun `a collector is cancelled while it is busy, and while it waits`() = test(way) {
        val client = connected(aldis())
        val never = CompletableDeferred<Unit>()
        val (busy, idle) = List(2) { n ->
            launch(start = UNDISPATCHED) {
                client.messages(if (n == 0) "echo" else "never").collect { never.await() }
            }
        }
        repeat(300) { client.sendJson("echo", "$it") }
        client.requestJson("echo", "0")
        until { client.lag().waiting > 0 }
        busy.cancelAndJoin()
        idle.cancelAndJoin()
        assertEquals(0, client.lag().waiting)
        assertEquals(0, client.lag().dropped)
        // Nobody is there any more who could hold back, and nobody who wants anything.
        val unclaimed = client.lag().unclaimed
        client.request<EchoMany, Numbered>("echo-many", EchoMany(20_000))
        until { client.lag().unclaimed >= unclaimed + 20_000 - 1 }
    }

    @Test
    fun `many calls are cancelled under load`() = test(way) {
        val client = connected(aldis())
        val load = launch(start = UNDISPATCHED) {
            client.messages().collect {}
        }
        repeat(20) { round ->
            val calls = List(50) { n ->
                async(start = if (n % 2 == 0) UNDISPATCHED else DEFAULT) {
                    client.request<Numbered, Numbered>("echo", Numbered(n))
                }
            }
            client.request<Numbered, Numbered>("echo", Numbered(round))
            calls.forEach { it.cancel() }
            calls.forEach { it.join() }
        }
        until { pendingCalls() == 0 }
        load.cancelAndJoin()
        assertEquals("1", client.requestJson("echo", "1").data)
    }

    /** Calls into the native side that wait there. */
    private fun pendingCalls() =
        Leftovers.handles.getValue("ffi.AldisKt.uniffiContinuationHandleMap")
}

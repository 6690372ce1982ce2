package dev.aldis

import app.cash.turbine.test
import dev.aldis.ConnectionState.Connecting
import dev.aldis.ConnectionState.Disconnected
import dev.aldis.ConnectionState.Reconnecting
import dev.aldis.support.BothWays
import dev.aldis.support.SilentServer
import dev.aldis.support.Way
import dev.aldis.support.test
import dev.aldis.support.until
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart.UNDISPATCHED
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.CyclicBarrier
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.minutes

@BothWays
internal class CloseTest(private val way: Way) {
    @Test
    fun `a client that was never used`() = test(way) {
        val client = client(own(SilentServer()))
        client.close()
        client.assertClosed()
    }

    @Test
    fun `a client that is disconnected`() = test(way) {
        val client = connected(aldis())
        client.disconnect()
        client.close()
        client.assertClosed()
    }

    @Test
    fun `a client that is connecting`() = test(way) {
        val client = client(own(SilentServer()))
        val connecting = async { runCatching { client.connect() } }
        client.state.first { it == Connecting }
        client.close()
        assertInstanceOf(ClientClosedException::class.java, connecting.await().exceptionOrNull())
        client.assertClosed()
    }

    @Test
    fun `a client that is authenticated, and what waits in it`() = test(way) {
        val proxy = proxy(aldis())
        val client = connected(proxy)
        val collecting = async(start = UNDISPATCHED) { client.messages().toList() }
        val reports = async(start = UNDISPATCHED) { client.reports().toList() }
        proxy.stall("to_client")
        val request = async { runCatching { client.requestJson("echo", "1", 10.minutes) } }
        until { client.stats().messagesSent == 1L }
        client.close()
        assertInstanceOf(ClientClosedException::class.java, request.await().exceptionOrNull())
        assertEquals(emptyList<Message>(), collecting.await())
        assertEquals(emptyList<SignalReport>(), reports.await())
        client.assertClosed()
        // The server is told.
        proxy.resume()
        proxy.untilOpen(0)
    }

    @Test
    fun `a client that is reconnecting`() = test(way) {
        val proxy = proxy(aldis())
        val client = connected(proxy) { baseInterval(1.hours).maxInterval(1.hours).jitter(false) }
        proxy.cut()
        client.state.filterIsInstance<Reconnecting>().first()
        client.close()
        client.assertClosed()
    }

    @Test
    fun `a client that a collector holds back`() = test(way) {
        val client = connected(aldis())
        val (first, go) = List(2) { CompletableDeferred<Unit>() }
        val collecting = async(start = UNDISPATCHED) {
            val got = mutableListOf<Int>()
            client.events<Numbered>("echo-many").collect { (n) ->
                got += n
                first.complete(Unit)
                go.await()
            }
            got
        }
        client.send("echo-many", EchoMany(20_000))
        first.await()
        until { client.lag().heldBack }
        client.close()
        client.assertClosed()
        go.complete(Unit)
        // What was in its buffer still comes, in order; then the flow completes.
        val got = collecting.await()
        assertEquals(List(got.size) { it }, got)
        assertTrue(got.size in SignalClient.DEFAULT_BUFFER..<20_000) { "${got.size}" }
    }

    @Test
    fun `a client whose sender waits for room`() = test(way) {
        val proxy = proxy(aldis())
        val client = connected(proxy) { maxOutboxMessages(2) }
        proxy.stall("to_server")
        val payload = "\"${"x".repeat(90_000)}\""
        val sending = async { runCatching { repeat(192) { client.sendJson("echo", payload) } } }
        until { client.stats().outboxMessages == 2L }
        client.close()
        assertInstanceOf(ClientClosedException::class.java, sending.await().exceptionOrNull())
        client.assertClosed()
    }

    @Test
    fun `again, and on many threads at once`() = test(way) {
        val client = connected(aldis())
        val barrier = CyclicBarrier(16)
        val threads = List(16) {
            thread {
                barrier.await()
                repeat(10) { client.close() }
            }
        }
        threads.forEach { it.join() }
        client.close()
        client.assertClosed()
    }

    @Test
    fun `while others call it`() = test(way) {
        val server = aldis()
        repeat(20) {
            val client = connected(server)
            val callers = List(8) {
                async {
                    runCatching {
                        while (true) {
                            client.request<Numbered, Numbered>("echo", Numbered(1))
                            client.trySend("echo", Numbered(2))
                            client.join("a")
                            client.stats()
                        }
                    }
                }
            }
            client.request<Numbered, Numbered>("echo", Numbered(0))
            client.close()
            for (caller in callers) {
                assertInstanceOf(
                    ClientClosedException::class.java,
                    caller.await().exceptionOrNull(),
                )
            }
        }
    }

    @Test
    fun `right behind the beginning of connect`() = test(way) {
        val server = own(SilentServer())
        repeat(50) {
            val client = client(server)
            val connecting = async(start = UNDISPATCHED) { runCatching { client.connect() } }
            client.close()
            assertInstanceOf(
                ClientClosedException::class.java,
                connecting.await().exceptionOrNull(),
            )
            client.assertClosed()
        }
    }

    @Test
    fun `inside a listener`() = test(way) {
        val client = client(aldis())
        val heard = CopyOnWriteArrayList<String>()
        val closed = CompletableDeferred<Unit>()
        client.addListener(
            object : SignalListener {
                override fun onMessage(message: Message) {
                    heard += message.data
                    client.close()
                    closed.complete(Unit)
                }
            },
        )
        client.connect()
        client.send("echo-many", EchoMany(100))
        closed.await()
        client.assertClosed()
        assertEquals(1, heard.size) { "$heard" }
    }

    @Test
    fun `inside a listener that hears of a state`() = test(way) {
        val client = client(aldis())
        val closed = CompletableDeferred<Unit>()
        val calls = AtomicInteger()
        client.addListener(
            object : SignalListener {
                override fun onState(state: ConnectionState) {
                    if (state is ConnectionState.Authenticated) {
                        client.close()
                        closed.complete(Unit)
                    }
                }

                override fun onConnected(session: Session) {
                    calls.incrementAndGet()
                }
            },
        )
        runCatching { client.connect() }
        closed.await()
        client.assertClosed()
        assertEquals(0, calls.get())
    }

    @Test
    fun `inside a collector`() = test(way) {
        val client = connected(aldis())
        val collecting = async(start = UNDISPATCHED) {
            client.messages("echo").collect { client.close() }
        }
        client.sendJson("echo", "1")
        collecting.await()
        client.assertClosed()
    }

    @Test
    fun `inside a token provider`() = test(way) {
        val itself = CompletableDeferred<SignalClient>()
        val closed = CompletableDeferred<Unit>()
        val client = client(
            aldis(),
            token = null,
            tokens = {
                itself.await().close()
                closed.complete(Unit)
                "ann"
            },
        )
        itself.complete(client)
        assertThrows<ClientClosedException> { client.connect() }
        closed.await()
        client.assertClosed()
    }

    @Test
    fun `a collector that comes after the end completes at once`() = test(way) {
        val client = client(own(SilentServer()))
        client.close()
        client.messages().test { awaitComplete() }
        client.messages("echo").test { awaitComplete() }
        client.events<Text>("echo").test { awaitComplete() }
        client.reports().test { awaitComplete() }
    }

    private suspend fun SignalClient.assertClosed() {
        assertInstanceOf(Disconnected::class.java, state.value)
        assertThrows<ClientClosedException> { connect() }
        assertThrows<ClientClosedException> { sendJson("echo", "1") }
        assertThrows<ClientClosedException> { sendJson("echo", "1", 1.minutes) }
        assertThrows<ClientClosedException> { trySendJson("echo", "1") }
        assertThrows<ClientClosedException> { requestJson("echo", "1") }
        assertThrows<ClientClosedException> { join("a") }
        assertThrows<ClientClosedException> { leave("a") }
        assertThrows<ClientClosedException> { rooms() }
        assertThrows<ClientClosedException> { updateToken("t") }
        assertThrows<ClientClosedException> { stats() }
        assertThrows<ClientClosedException> { explain() }
        assertThrows<ClientClosedException> { disconnect() }
        assertThrows<ClientClosedException> { addListener(object : SignalListener {}) }
        networkAvailable()
        networkLost()
        resumed()
        lag()
        close()
    }
}

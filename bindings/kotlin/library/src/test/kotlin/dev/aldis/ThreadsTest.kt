package dev.aldis

import app.cash.turbine.test
import dev.aldis.ConnectionState.Disconnected
import dev.aldis.support.BothWays
import dev.aldis.support.Leftovers
import dev.aldis.support.Way
import dev.aldis.support.test
import dev.aldis.support.until
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineStart.UNDISPATCHED
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Runnable
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.serialization.Serializable
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.Executors
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread
import kotlin.coroutines.CoroutineContext

@BothWays
internal class ThreadsTest(private val way: Way) {
    @Test
    fun `many threads send at once, and each one's messages come in its order`() = test(way) {
        val client = connected(aldis())
        val all = async(start = UNDISPATCHED) {
            client.events<OfThread>("echo").take(THREADS * EACH).toList()
        }
        val threads = List(THREADS) { thread ->
            thread { runBlocking { repeat(EACH) { client.send("echo", OfThread(thread, it)) } } }
        }
        val byThread = all.await().groupBy({ it.thread }, { it.n })
        assertEquals(List(THREADS) { it }.associateWith { List(EACH) { n -> n } }, byThread)
        threads.forEach { it.join() }
    }

    @Test
    fun `the constructor leaves everything to the first call`() = test(way) {
        val dispatcher = Counting()
        val client = client(aldis(), dispatcher = dispatcher)
        assertEquals(Disconnected(), client.state.value)
        client.lag()
        client.messages()
        assertEquals(emptyList<Thread>(), Leftovers.threads)
        assertEquals(0, Leftovers.handles.values.sum())
        assertEquals(0, dispatcher.dispatched.get())
        client.connect()
        assertTrue(dispatcher.dispatched.get() > 0)
    }

    @Test
    fun `everything of the app runs on its dispatcher`() = test(way) {
        val executor = Executors.newFixedThreadPool(2) {
            thread(start = false, name = OURS, block = it::run)
        }
        own(AutoCloseable(executor::shutdown))
        val strangers = ConcurrentLinkedQueue<String>()
        val calls = AtomicInteger()

        fun called(what: String) {
            calls.incrementAndGet()
            val name = Thread.currentThread().name
            // Coroutines in debug mode append their own name.
            if (!name.startsWith(OURS)) {
                strangers += "$what on $name"
            }
        }
        val client = client(
            aldis("--user", "ann=fresh"),
            token = null,
            tokens = {
                called("token")
                if (it == TokenRequest.Initial) "stale" else "fresh"
            },
            dispatcher = executor.asCoroutineDispatcher(),
            onUncaught = { called("uncaught") },
        )
        client.addListener(
            object : SignalListener {
                override fun onMessage(message: Message) {
                    called("message")
                    error("for the handler")
                }

                override fun onState(state: ConnectionState) = called("state")

                override fun onConnected(session: Session) = called("connected")
            },
        )
        client.connect()
        client.messages().test {
            repeat(10) { client.sendJson("echo", "$it") }
            repeat(10) { awaitItem() }
        }
        // Two tokens, five states and more, one session, ten messages and what they threw.
        until { calls.get() >= 2 + 5 + 1 + 20 }
        assertEquals(emptyList<String>(), strangers.toList())
    }

    @Test
    fun `who calls without a dispatcher is not resumed on a thread of the native side`() =
        test(way) {
            val client = connected(aldis())
            val resumedOn = async(Dispatchers.Unconfined) {
                val names = mutableSetOf<String>()
                repeat(20) {
                    client.request<Numbered, Numbered>("echo", Numbered(it))
                    names += Thread.currentThread().name
                }
                client.disconnect()
                names += Thread.currentThread().name
                client.connect()
                names += Thread.currentThread().name
                names.toSet()
            }
            val names = resumedOn.await()
            assertTrue(names.none { it.startsWith("aldis-") }) { "$names" }
        }

    @Test
    fun `one thread is enough, for the app and for the client`() = test(way) {
        val executor = Executors.newSingleThreadExecutor()
        own(AutoCloseable(executor::shutdown))
        val single = executor.asCoroutineDispatcher()
        val client = client(aldis(), dispatcher = single)
        withContext(single) {
            val all = async(start = UNDISPATCHED) {
                client.events<Numbered>("echo-many").take(20_000).toList()
            }
            client.connect()
            client.send("echo-many", EchoMany(20_000))
            assertEquals(List(20_000, ::Numbered), all.await())
            assertEquals("1", client.requestJson("echo", "1").data)
            client.disconnect()
            client.close()
        }
    }

    @Test
    fun `a dispatcher that was shut down too early leaves nothing behind`() = test(way) {
        val executor = Executors.newSingleThreadExecutor()
        val client = client(aldis(), dispatcher = executor.asCoroutineDispatcher())
        val collecting = launch(start = UNDISPATCHED) { client.messages().collect {} }
        client.connect()
        client.addListener(object : SignalListener {})
        client.send("echo-many", EchoMany(5_000))
        executor.shutdown()
        runCatching { client.requestJson("echo", "1") }
        client.close()
        collecting.join()
    }

    @Test
    fun `a client has a lane where it should`() = test(way) {
        val clients = List(3) { client(aldis()) }
        clients.forEach { it.rooms() }
        assertEquals(
            if (way == Way.LANE) 3 else 0,
            Leftovers.handles.getValue("internal.Lane.ends"),
        )
    }

    @Test
    fun `the native side has a handful of threads, however many clients there are`() = test(way) {
        val server = aldis()
        repeat(20) { connected(server) }
        val names = Leftovers.threads.map { it.name }
        assertEquals(1, names.count { it == "aldis-dispatcher" })
        // Two for the connections, and up to four more that look names up.
        assertTrue(names.size <= 7) { "$names" }
        assertTrue(Leftovers.threads.all { it.isDaemon })
    }

    @Serializable
    private data class OfThread(val thread: Int, val n: Int)

    private class Counting : CoroutineDispatcher() {
        val dispatched = AtomicInteger()

        override fun dispatch(context: CoroutineContext, block: Runnable) {
            dispatched.incrementAndGet()
            Dispatchers.Default.dispatch(context, block)
        }
    }

    private companion object {
        const val THREADS = 16
        const val EACH = 200
        const val OURS = "of-the-app"
    }
}

package dev.aldis

import app.cash.turbine.test
import dev.aldis.support.BothWays
import dev.aldis.support.Way
import dev.aldis.support.test
import dev.aldis.support.until
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart.UNDISPATCHED
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.takeWhile
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.util.concurrent.atomic.AtomicLong

@BothWays
internal class SlowCollectorTest(private val way: Way) {
    @Test
    fun `a hundred thousand events come in order and never pile up`() = test(way) {
        val client = connected(aldis())
        val released = CompletableDeferred<Unit>()
        var most = 0
        var expected = 0
        val collecting = launch(Dispatchers.Default, UNDISPATCHED) {
            client.events<Numbered>("echo-many").take(MANY).collect { (n) ->
                assertEquals(expected++, n)
                released.await()
                if (n % 100 == 0) {
                    most = maxOf(most, client.lag().waiting)
                }
            }
        }
        client.send("echo-many", EchoMany(MANY))
        until { client.lag().heldBack }
        assertTrue(client.lag().waiting in 1..BOUND) { "${client.lag()}" }
        released.complete(Unit)
        collecting.join()
        assertEquals(MANY, expected)
        assertTrue(most in 1..BOUND) { "$most events waited" }
        assertEquals(0, client.lag().waiting)
        assertEquals(0, client.lag().dropped)
        assertFalse(client.lag().heldBack)
    }

    @Test
    fun `while a collector holds back, the native queue is bounded too`() = test(way) {
        val client = connected(aldis()) { maxQueuedEvents(64) }
        val released = CompletableDeferred<Unit>()
        val collecting = async(start = UNDISPATCHED) {
            client
                .events<Numbered>("echo-many")
                .onEach { released.await() }
                .take(20_000)
                .toList()
        }
        client.send("echo-many", EchoMany(20_000))
        // Full for good, and not only because events came faster than they were taken.
        var timesFull = 0
        until {
            val queued = client.stats().queuedEvents
            assertTrue(queued <= 64) { "$queued events in the queue" }
            timesFull = if (queued == 64L && client.lag().heldBack) timesFull + 1 else 0
            timesFull == 100
        }
        released.complete(Unit)
        assertEquals(List(20_000, ::Numbered), collecting.await())
    }

    @Test
    fun `a collector that drops the oldest loses visibly, and holds nobody back`() = test(way) {
        val client = connected(aldis())
        val released = CompletableDeferred<Unit>()
        val slow = async(Dispatchers.Default, UNDISPATCHED) {
            val got = mutableListOf<Int>()
            client
                .events<Numbered>(
                    "echo-many",
                    buffer = 16,
                    whenSlow = WhenSlow.DropOldest,
                ).takeWhile {
                    (n) ->
                    got += n
                    released.await()
                    n < LAST
                }.collect()
            got
        }
        client.reports().test {
            val fast =
                async(start = UNDISPATCHED) { client.messages("echo-many").take(LAST + 1).toList() }
            client.send("echo-many", EchoMany(LAST + 1))
            fast.await()
            released.complete(Unit)
            val got = slow.await()
            assertEquals(got.sorted(), got)
            assertEquals(List(16) { LAST - 15 + it }, got.takeLast(16))
            val missed = LAST + 1L - got.size
            assertTrue(missed > 0)
            assertEquals(missed, client.lag().dropped)
            var told = 0L
            while (told < missed) {
                val report = awaitItem() as SignalReport.CollectorLagged
                assertEquals("echo-many", report.event)
                told += report.missed
            }
            assertEquals(missed, told)
        }
    }

    @Test
    fun `the native queue may drop the oldest as well, and tells`() = test(way) {
        val client = connected(aldis()) { maxQueuedEvents(16).overflow(OverflowPolicy.DropOldest) }
        val released = CompletableDeferred<Unit>()
        client.reports().test {
            val got = AtomicLong()
            val collecting = launch(Dispatchers.Default, UNDISPATCHED) {
                client.messages().collect {
                    got.incrementAndGet()
                    released.await()
                }
            }
            client.request<EchoMany, Numbered>("echo-many", EchoMany(20_000))
            client.requestJson("echo", "1")
            released.complete(Unit)
            val report = awaitItem() as SignalReport.Lagged
            assertTrue(report.missed > 0)
            until { got.get() + client.lag().dropped == 20_000L - 1 }
            assertEquals(client.stats().lagged, client.lag().dropped)
            collecting.cancel()
            cancelAndIgnoreRemainingEvents()
        }
    }

    @Test
    fun `a client that is held back does not hold back another one`() = test(way) {
        val server = aldis()
        val (held, other) = listOf(connected(server, "ann"), connected(server, "ben"))
        val released = CompletableDeferred<Unit>()
        val collecting = async(start = UNDISPATCHED) {
            held
                .events<Numbered>("echo-many")
                .onEach { released.await() }
                .take(20_000)
                .toList()
        }
        held.send("echo-many", EchoMany(20_000))
        until { held.lag().heldBack }
        repeat(
            100,
        ) { assertEquals(Numbered(it), other.request<Numbered, Numbered>("echo", Numbered(it))) }
        assertTrue(held.lag().heldBack)
        released.complete(Unit)
        assertEquals(List(20_000, ::Numbered), collecting.await())
    }

    @Test
    fun `a collector that leaves lets the others go on`() = test(way) {
        val client = connected(aldis())
        val never = CompletableDeferred<Unit>()
        val stuck = launch(start = UNDISPATCHED) { client.messages().collect { never.await() } }
        val other =
            async(
                start = UNDISPATCHED,
            ) { client.events<Numbered>("echo-many").take(20_000).toList() }
        client.send("echo-many", EchoMany(20_000))
        until { client.lag().heldBack }
        stuck.cancel()
        assertEquals(List(20_000, ::Numbered), other.await())
    }

    private companion object {
        const val MANY = 100_000

        /** What may wait for one collector. */
        const val BOUND = SignalClient.DEFAULT_BUFFER

        const val LAST = 9_999
    }
}

package dev.aldis.bench

import dev.aldis.bench.Order.Connect
import dev.aldis.bench.Order.Echo
import dev.aldis.bench.Order.First
import dev.aldis.bench.Order.Hold
import dev.aldis.bench.Order.Receive
import dev.aldis.bench.Order.Send
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Work is done as ordered, and fails if anything is lost or changed. */
class WorkTest {
    private val receive = Receive(bytes = 100, lot = 20, millis = 0)
    private val send = Send(bytes = 100, lot = 20, millis = 0)
    private val echo = Echo(bytes = 100, lot = 20, window = 1, millis = 0)

    @Test
    fun `what is whole counts`() {
        for (order in listOf(receive, send, echo)) assertEquals(20, measure(order).count)
        assertEquals(1, measure(First).count)
        assertNotNull(measure(receive).allocatedBytes)
    }

    @Test
    fun `what is lost, doubled, swapped or changed fails`() {
        refuse(receive) { it - it[7] }
        refuse(receive) { it - it.last() }
        refuse(receive) { it.take(8) + it.drop(7) }
        refuse(receive) { it.take(3) + it[4] + it[3] + it.drop(5) }
        refuse(receive) { ticks -> ticks.map { it.copy(text = it.text.drop(1)) } }
        refuse(First) { ticks -> ticks.map { it.copy(seq = it.seq + 1) } }
        refuse(send) { it - it[7] }
        refuse(send) { it.take(3) + it[4] + it[3] + it.drop(5) }
        refuse(echo) { ticks -> ticks.map { it.copy(seq = it.seq + 1) } }
        refuse(echo.copy(window = 8)) { ticks -> ticks.map { it.copy(text = it.text + "!") } }
    }

    @Test
    fun `what a client drops fails`() {
        val dropping = Loopback().apply { dropped = 1 }
        assertThrows(IllegalStateException::class.java) { measure(echo, dropping) }
    }

    @Test
    fun `a window of echoes is under way at once`() {
        val whole = Loopback().apply { gathers = 8 }
        val reading = measure(echo.copy(lot = 4, window = 8), whole)
        assertEquals(32, reading.count)
        assertTrue(checkNotNull(reading.p50) <= checkNotNull(reading.p99))
    }

    @Test
    fun `connections are closed, or held`() {
        val contestant = Loopback()
        runBlocking {
            Worker("url") { contestant }.use {
                val reading = it.measure(Connect(lot = 3, millis = 1))
                assertEquals(contestant.opened.toLong(), reading.count)
                assertEquals(contestant.opened, contestant.closed)

                val before = contestant.opened
                it.measure(send)
                assertEquals(5, it.measure(Hold(5)).count)
                assertEquals(8, it.measure(Hold(8)).count)
                assertEquals(before + 8, contestant.opened)
                assertEquals(before, contestant.closed)
            }
        }
        assertEquals(contestant.opened, contestant.closed)
    }

    private fun refuse(order: Order, change: (List<Tick>) -> List<Tick>) {
        assertThrows(IllegalStateException::class.java) { measure(order, Loopback(change)) }
    }

    private fun measure(order: Order, contestant: Contestant = Loopback()): Reading =
        runBlocking { Worker("url") { contestant }.measure(order) }

    /** Changes what goes through it. */
    private class Loopback(private val change: (List<Tick>) -> List<Tick> = { it }) : Contestant {
        var opened = 0
        var closed = 0
        var dropped = 0L

        /** Echoes that have to be under way before the first one comes back. */
        var gathers = 1
        private val gathered = CompletableDeferred<Unit>()

        override suspend fun connect(url: String): Client {
            opened++
            return Connection()
        }

        private inner class Connection : Client {
            private val sunk = ArrayList<Tick>()

            override val dropped: Long get() = this@Loopback.dropped

            override suspend fun flood(order: Flood, onTick: (Tick) -> Unit) {
                val texts = Texts(order.bytes)
                change(List(order.count) { Tick(it.toLong(), at = 0, texts.of(it.toLong())) })
                    .forEach(onTick)
            }

            override suspend fun sink(tick: Tick) {
                sunk += tick
            }

            override suspend fun count(): SinkCount {
                val received = change(sunk)
                val inOrder = received.withIndex().all { (i, tick) -> tick.seq == i.toLong() }
                return SinkCount(received.size.toLong(), inOrder).also { sunk.clear() }
            }

            override suspend fun echo(tick: Tick): Tick {
                if (--gathers == 0) gathered.complete(Unit)
                gathered.await()
                return change(listOf(tick)).single()
            }

            override fun close() {
                closed++
            }
        }
    }
}

package dev.aldis.bench

import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test

/** A run in which anything is lost or changed fails. */
class WorkTest {
    private val receive = Order(Task(Work.RECEIVE, bytes = 100, lot = 20), millis = 0)
    private val send = Order(Task(Work.SEND, bytes = 100, lot = 20), millis = 0)
    private val echo = Order(Task(Work.ECHO, bytes = 100, lot = 20), millis = 0)

    @Test
    fun `what is whole counts`() {
        for (order in listOf(receive, send, echo)) assertEquals(20, measure(order) { it }.count)
    }

    @Test
    fun `what is lost, doubled, swapped or changed fails`() {
        refuse(receive) { it - it[7] }
        refuse(receive) { it - it.last() }
        refuse(receive) { it.take(8) + it.drop(7) }
        refuse(receive) { it.take(3) + it[4] + it[3] + it.drop(5) }
        refuse(receive) { ticks -> ticks.map { it.copy(text = it.text.drop(1)) } }
        refuse(send) { it - it[7] }
        refuse(send) { it.take(3) + it[4] + it[3] + it.drop(5) }
        refuse(echo) { ticks -> ticks.map { it.copy(seq = it.seq + 1) } }
    }

    private fun refuse(order: Order, change: (List<Tick>) -> List<Tick>) {
        assertThrows(IllegalStateException::class.java) { measure(order, change) }
    }

    private fun measure(order: Order, change: (List<Tick>) -> List<Tick>): Reading =
        runBlocking { Loopback(change).measure(order) }

    /** Changes what goes through it. */
    private class Loopback(private val change: (List<Tick>) -> List<Tick>) : Contestant {
        private val sunk = ArrayList<Tick>()

        override val dropped: Long get() = 0

        override suspend fun connect(url: String) = Unit

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

        override suspend fun echo(tick: Tick): Tick = change(listOf(tick)).single()

        override fun close() = Unit
    }
}

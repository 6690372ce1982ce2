package dev.aldis.internal

import dev.aldis.WhenSlow
import kotlinx.coroutines.channels.Channel

/**
 * The buffer of one collector or listener.
 *
 * The pump [stages][stage] items, and [flushes][flush] them by the lot: one lock and one wake-up
 * for many messages. The collector takes them out by the lot too.
 *
 * @param freed told when there is room again for a pump that waits.
 * @param onDropped told how many items [WhenSlow.DropOldest] dropped, outside of all locks.
 */
internal class Mailbox<T : Any>(
    private val capacity: Int,
    private val whenSlow: WhenSlow,
    private val freed: Channel<Unit>,
    private val onDropped: (Int) -> Unit,
) {
    private val filled = Channel<Unit>(Channel.CONFLATED)
    private val waiting = ArrayDeque<T>()
    private var closed = false
    private var starving = false

    /** Of the pump alone. */
    private val staged = ArrayList<T>()

    /** Only so many are taken out at once that what is dropped is still the oldest, nearly. */
    private val lot = (capacity / 4).coerceIn(1, LARGEST_LOT)

    /** Items that wait for the collector. */
    val size: Int get() = synchronized(this) { waiting.size }

    /** Keeps an item for [flush]. True if it is the first one. For the pump alone. */
    fun stage(item: T): Boolean {
        staged.add(item)
        return staged.size == 1
    }

    /** Moves what is staged into the buffer. False while it is full. For the pump alone. */
    fun flush(): Boolean {
        var dropped = 0
        val moved: Int
        synchronized(this) {
            if (closed) {
                staged.clear()
                return true
            }
            moved =
                if (whenSlow == WhenSlow.HoldBack) {
                    minOf(staged.size, capacity - waiting.size).coerceAtLeast(0)
                } else {
                    staged.size
                }
            starving = moved < staged.size
            for (i in 0 until moved) {
                if (whenSlow == WhenSlow.DropOldest && waiting.size >= capacity) {
                    waiting.removeFirst()
                    dropped++
                }
                waiting.addLast(staged[i])
            }
        }
        if (moved == staged.size) staged.clear() else staged.subList(0, moved).clear()
        if (moved > 0) filled.trySend(Unit)
        if (dropped > 0) onDropped(dropped)
        return staged.isEmpty()
    }

    /** Adds an item from any thread, in no order with the pump's, without ever waiting. */
    fun post(item: T) {
        var dropped = 0
        synchronized(this) {
            if (closed) return
            val newestWins = whenSlow == WhenSlow.DropOldest
            val full = waiting.size >= if (newestWins) capacity else capacity + SPARE
            if (full) dropped = 1
            if (full && newestWins) waiting.removeFirst()
            if (!full || newestWins) waiting.addLast(item)
        }
        filled.trySend(Unit)
        if (dropped > 0) onDropped(dropped)
    }

    /** Ends [collect] behind what is in the buffer. */
    fun close() {
        synchronized(this) { closed = true }
        filled.trySend(Unit)
        freed.trySend(Unit)
    }

    /** Hands out items in their order until the end. For one collector. */
    suspend inline fun collect(action: (T) -> Unit) {
        val taken = ArrayList<T>(lot)
        while (true) {
            val ended = take(taken)
            for (item in taken) action(item)
            if (taken.isEmpty()) {
                if (ended) return
                filled.receive()
            }
            taken.clear()
        }
    }

    private fun take(into: ArrayList<T>): Boolean {
        val wake: Boolean
        val ended: Boolean
        synchronized(this) {
            while (into.size < lot && waiting.isNotEmpty()) into.add(waiting.removeFirst())
            wake = starving && waiting.size < capacity
            if (wake) starving = false
            ended = closed
        }
        if (wake) freed.trySend(Unit)
        return ended
    }

    private companion object {
        const val LARGEST_LOT = 64

        /** Room beyond the capacity for the few things that may come from beside the pump. */
        const val SPARE = 64
    }
}

package dev.aldis.bench.jca

import java.nio.ByteBuffer

/**
 * The exact set of the IVs that a session has received, without an object for each.
 *
 * An IV is kept as its first eight bytes and its last four. Those of a sender that counts the last
 * four up are kept as a run, for which two numbers are enough; the rest goes into a hash table with
 * open addressing.
 */
internal class SeenIvs(private val limit: Int) {
    private var runPrefix = 0L
    private var runFirst = 0L
    private var runEnd = 0L

    private var prefixes = LongArray(INITIAL_SLOTS)
    private var counters = IntArray(INITIAL_SLOTS)
    private var used = BooleanArray(INITIAL_SLOTS)
    private var size = 0

    /** Adds an IV. `false` if it was there already, or if there are too many. */
    fun add(iv: ByteArray): Boolean {
        val bytes = ByteBuffer.wrap(iv)
        val prefix = bytes.getLong()
        val counter = bytes.getInt()
        val unsigned = counter.toLong() and UINT_MASK
        if (runFirst == runEnd) {
            runPrefix = prefix
            runFirst = unsigned
            runEnd = unsigned
        }
        if (prefix == runPrefix && unsigned in runFirst..runEnd) {
            val isNext = unsigned == runEnd && !isInTable(prefix, counter)
            if (isNext) runEnd++
            return isNext
        }
        return size < limit && addToTable(prefix, counter)
    }

    private fun isInTable(prefix: Long, counter: Int): Boolean =
        size > 0 && used[slotOf(prefix, counter)]

    private fun addToTable(prefix: Long, counter: Int): Boolean {
        val slot = slotOf(prefix, counter)
        if (used[slot]) return false
        put(slot, prefix, counter)
        size++
        if (size > used.size / 2) grow()
        return true
    }

    private fun put(slot: Int, prefix: Long, counter: Int) {
        prefixes[slot] = prefix
        counters[slot] = counter
        used[slot] = true
    }

    /** Where this IV is, or would be. */
    private fun slotOf(prefix: Long, counter: Int): Int {
        val mask = used.size - 1
        val mixed = (prefix xor counter.toLong()) * GOLDEN
        var slot = (mixed ushr Int.SIZE_BITS).toInt() and mask
        while (used[slot] && (prefixes[slot] != prefix || counters[slot] != counter)) {
            slot = (slot + 1) and mask
        }
        return slot
    }

    private fun grow() {
        val (oldPrefixes, oldCounters, oldUsed) = Triple(prefixes, counters, used)
        prefixes = LongArray(oldUsed.size * 2)
        counters = IntArray(oldUsed.size * 2)
        used = BooleanArray(oldUsed.size * 2)
        for (old in oldUsed.indices) {
            if (oldUsed[old]) {
                put(slotOf(oldPrefixes[old], oldCounters[old]), oldPrefixes[old], oldCounters[old])
            }
        }
    }

    private companion object {
        const val INITIAL_SLOTS = 1024
        const val UINT_MASK = 0xFFFF_FFFFL

        /** 2^64 divided by the golden ratio: spreads what is alike. */
        const val GOLDEN = -0x61c8864680b583ebL
    }
}

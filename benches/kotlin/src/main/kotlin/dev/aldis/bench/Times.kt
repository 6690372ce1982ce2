package dev.aldis.bench

/** How long something takes, in nanoseconds. */
internal inline fun nanos(action: () -> Unit): Long {
    val start = System.nanoTime()
    action()
    return System.nanoTime() - start
}

/** Single times, in nanoseconds. For one thread at a time. */
internal class Times {
    private var values = LongArray(INITIAL_ROOM)
    private var count = 0

    /** All of them together. */
    var total: Long = 0
        private set

    operator fun plusAssign(nanos: Long) {
        if (count == values.size) values = values.copyOf(count * 2)
        values[count++] = nanos
        total += nanos
    }

    /** What they say. There is at least one. */
    fun reading(wall: Long): Reading {
        val sorted = values.copyOf(count).apply { sort() }
        return Reading(
            count = count.toLong(),
            wall = wall,
            p50 = sorted[count / 2],
            p99 = sorted[minOf(count * 99 / 100, count - 1)],
        )
    }

    internal companion object {
        private const val INITIAL_ROOM = 1024

        /** All times of these. */
        fun sum(parts: List<Times>): Times {
            val sum = Times()
            for (part in parts) for (i in 0 until part.count) sum += part.values[i]
            return sum
        }
    }
}

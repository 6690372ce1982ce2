package dev.aldis.bench

import kotlinx.coroutines.delay
import java.lang.management.ManagementFactory
import com.sun.management.OperatingSystemMXBean as ProcessBean
import com.sun.management.ThreadMXBean as ThreadBean

/**
 * Clears away what the work has left behind, and waits until nothing goes on any more: the CPU time
 * and the memory of the process are read from outside.
 */
@Suppress("ExplicitGarbageCollectionCall")
internal suspend fun settle() {
    System.gc()
    repeat(MAX_LOOKS) {
        val cpu = process.processCpuTime
        delay(QUIET_MS)
        if (process.processCpuTime == cpu) return
    }
}

/**
 * What was allocated on the Java heap since this was made.
 *
 * The JDK counts it by thread, and forgets a thread that has ended: what such a one allocated
 * meanwhile is missing. Those of the contestants live longer than their work. What native code
 * allocates beside the heap is not in it.
 */
internal class Allocations {
    private val before = byThread()

    /** Bytes since then. */
    fun bytes(): Long = byThread().entries.sumOf {
        (thread, bytes) ->
        bytes - (before[thread] ?: 0)
    }

    private fun byThread(): Map<Long, Long> {
        val threads = Allocations.threads.allThreadIds
        val bytes = Allocations.threads.getThreadAllocatedBytes(threads)
        // A thread that has just ended has -1.
        return threads.indices.filter { bytes[it] >= 0 }.associate { threads[it] to bytes[it] }
    }

    private companion object {
        val threads = ManagementFactory.getThreadMXBean() as ThreadBean
    }
}

/** How long a process has to do nothing to count as quiet, and how often to look. */
private const val QUIET_MS = 50L
private const val MAX_LOOKS = 60

private val process = ManagementFactory.getOperatingSystemMXBean() as ProcessBean

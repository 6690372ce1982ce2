package dev.aldis.bench

import kotlinx.coroutines.delay
import kotlinx.coroutines.withTimeout
import kotlinx.serialization.Serializable
import java.lang.management.ManagementFactory
import com.sun.management.OperatingSystemMXBean as ProcessBean

/** What there is to do. */
@Serializable
internal enum class Work {
    /** Events from the server to the app. */
    RECEIVE,

    /** Messages from the app, until the server has counted them all. */
    SEND,

    /** Requests and their replies, one at a time. */
    ECHO,
}

/** A piece of work: messages of about so many [bytes] of JSON, [lot] by lot. */
@Serializable
internal data class Task(val work: Work, val bytes: Int, val lot: Int)

/**
 * The order to do a task until [millis] have passed. By time, so that it ends in time with slow
 * clients and on slow machines too.
 */
@Serializable
internal data class Order(val task: Task, val millis: Int)

/** What was measured: how many messages, and times in nanoseconds. */
@Serializable
internal data class Reading(
    val count: Int,
    val wall: Long,
    /**
     * CPU time of all threads of the process, in steps of 10 ms. What it takes to clear away the
     * garbage belongs to it, and not to [wall].
     */
    val cpu: Long,
    /** Of single echoes; 0 for other work. */
    val p50: Long = 0,
    val p99: Long = 0,
)

/** Does a piece of work. Throws if a message is lost, doubled, out of order, or another one. */
internal suspend fun Contestant.measure(order: Order): Reading {
    val task = order.task
    val texts = Texts(task.bytes)
    val reading =
        withTimeout(order.millis + GRACE_MS) {
            when (task.work) {
                Work.RECEIVE -> timed(order) { receive(task, texts) }
                Work.SEND -> timed(order) { send(task, texts) }
                Work.ECHO -> echoes(order, texts)
            }
        }
    check(dropped == 0L) { "$dropped messages were dropped" }
    return reading
}

private suspend inline fun timed(order: Order, oneLot: () -> Unit): Reading {
    var count = 0
    val cpu = process.processCpuTime
    val start = System.nanoTime()
    var wall: Long
    do {
        oneLot()
        count += order.task.lot
        wall = System.nanoTime() - start
    } while (wall < order.millis * NANOS_PER_MILLI)
    settle()
    return Reading(count, wall, process.processCpuTime - cpu)
}

/**
 * Clears away what the task has left behind, and waits until nothing goes on any more: neither the
 * next task nor another contestant's shall pay for it.
 */
@Suppress("ExplicitGarbageCollectionCall")
private suspend fun settle() {
    System.gc()
    repeat(MAX_LOOKS) {
        val cpu = process.processCpuTime
        delay(QUIET_MS)
        if (process.processCpuTime == cpu) return
    }
}

private suspend fun Contestant.receive(task: Task, texts: Texts) {
    var next = 0L
    flood(Flood(task.lot, task.bytes)) { tick ->
        check(tick.seq == next) { "tick $next was expected, and ${tick.seq} came" }
        check(texts.fits(tick.seq, tick.text)) { "the text of tick $next is another one" }
        next++
    }
    check(next == task.lot.toLong()) { "$next of ${task.lot} ticks came" }
}

private suspend fun Contestant.send(task: Task, texts: Texts) {
    for (seq in 0L until task.lot) sink(tick(seq, texts))
    val counted = count()
    check(counted == SinkCount(task.lot.toLong(), inOrder = true)) { "$counted of ${task.lot}" }
}

private suspend fun Contestant.echoes(order: Order, texts: Texts): Reading {
    val latencies = ArrayList<Long>()
    val reading =
        timed(order) {
            repeat(order.task.lot) {
                val start = System.nanoTime()
                val tick = tick(latencies.size.toLong(), texts)
                check(echo(tick) == tick) { "echo ${tick.seq} is not what was sent" }
                latencies += System.nanoTime() - start
            }
        }
    latencies.sort()
    return reading.copy(
        p50 = latencies[latencies.size / 2],
        p99 = latencies[latencies.size * 99 / 100],
    )
}

private fun tick(seq: Long, texts: Texts) =
    Tick(seq, System.currentTimeMillis() * MICROS_PER_MILLI, texts.of(seq))

/** How long a process has to do nothing to count as quiet, and how often to look. */
private const val QUIET_MS = 50L
private const val MAX_LOOKS = 60

/** How much longer than planned a task may take before it counts as hung. */
private const val GRACE_MS = 30_000L
private const val NANOS_PER_MILLI = 1_000_000L
private const val MICROS_PER_MILLI = 1_000L

private val process = ManagementFactory.getOperatingSystemMXBean() as ProcessBean

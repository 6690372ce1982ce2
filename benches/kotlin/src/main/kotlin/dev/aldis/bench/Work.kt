package dev.aldis.bench

import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import java.util.concurrent.atomic.AtomicLong

/** Receives lot by lot. */
internal suspend fun Client.receive(order: Order.Receive): Reading {
    val allocations = Allocations()
    val reading = lots(order.lot, order.millis) { receive(order.bytes, order.lot) }
    return reading.copy(allocatedBytes = allocations.bytes())
}

/** Sends lot by lot, each until the server has counted it. */
internal suspend fun Client.send(order: Order.Send): Reading {
    val texts = Texts(order.bytes)
    return lots(order.lot, order.millis) {
        for (seq in 0L until order.lot) sink(tick(seq, texts))
        val counted = count()
        val expected = SinkCount(order.lot.toLong(), inOrder = true)
        check(counted == expected) { "$counted of ${order.lot}" }
    }
}

/** Echoes, each as soon as there is room in the window. */
internal suspend fun Client.echo(order: Order.Echo): Reading {
    val texts = Texts(order.bytes)
    val numbers = AtomicLong()
    val times = List(order.window) { Times() }
    val wall =
        nanos {
            coroutineScope {
                val end = System.nanoTime() + order.millis * NANOS_PER_MILLI
                for (ofOne in times) {
                    launch {
                        do {
                            repeat(order.lot) {
                                ofOne += nanos { echoed(tick(numbers.getAndIncrement(), texts)) }
                            }
                        } while (System.nanoTime() < end)
                    }
                }
            }
        }
    return Times.sum(times).reading(wall)
}

/** Connects lot by lot. */
internal suspend fun Contestant.connect(order: Order.Connect, url: String): Reading {
    val times = Times()
    while (times.total < order.millis * NANOS_PER_MILLI) {
        repeat(order.lot) {
            val start = System.nanoTime()
            connect(url).use { times += System.nanoTime() - start }
        }
    }
    return times.reading(wall = times.total)
}

/** Receives one lot. */
internal suspend fun Client.receive(bytes: Int, lot: Int) {
    val texts = Texts(bytes)
    var next = 0L
    flood(Flood(lot, bytes)) { tick ->
        check(tick.seq == next) { "tick $next was expected, and ${tick.seq} came" }
        check(texts.fits(tick.seq, tick.text)) { "the text of tick $next is another one" }
        next++
    }
    check(next == lot.toLong()) { "$next of $lot ticks came" }
}

private suspend fun Client.echoed(tick: Tick) {
    check(echo(tick) == tick) { "echo ${tick.seq} is not what was sent" }
}

private inline fun lots(lot: Int, millis: Int, oneLot: () -> Unit): Reading {
    var count = 0L
    val start = System.nanoTime()
    var wall: Long
    do {
        oneLot()
        count += lot
        wall = System.nanoTime() - start
    } while (wall < millis * NANOS_PER_MILLI)
    return Reading(count, wall)
}

private fun tick(seq: Long, texts: Texts) =
    Tick(seq, System.currentTimeMillis() * MICROS_PER_MILLI, texts.of(seq))

private const val NANOS_PER_MILLI = 1_000_000L
private const val MICROS_PER_MILLI = 1_000L

package dev.aldis.bench

import kotlinx.coroutines.withTimeout

/**
 * Does what one contestant is told to do.
 *
 * @param create makes the contestant, which loads its library: not before there is work to do.
 */
internal class Worker(private val url: String, private val create: () -> Contestant) :
    AutoCloseable {
    private var created: Contestant? = null
    private val kept = ArrayList<Client>()

    private val contestant: Contestant get() = created ?: create().also { created = it }

    /** Does the order of a line, and says in a line what was measured. */
    suspend fun answer(line: String): String {
        val reading = measure(Lines.decodeFromString<Order>(line))
        settle()
        return Lines.encodeToString(reading)
    }

    /** Throws if a message is lost, doubled, out of order, or another one. */
    suspend fun measure(order: Order): Reading {
        val reading = withTimeout(limitOf(order)) { carryOut(order) }
        val dropped = kept.sumOf { it.dropped }
        check(dropped == 0L) { "$dropped messages were dropped" }
        return reading
    }

    private suspend fun carryOut(order: Order): Reading = when (order) {
        is Order.Receive -> client().receive(order)
        is Order.Send -> client().send(order)
        is Order.Echo -> client().echo(order)
        is Order.Connect -> contestant.connect(order, url)
        is Order.Hold -> hold(order.clients)
        is Order.First -> first()
    }

    /** The connection for all the messages. */
    private suspend fun client(): Client {
        keep(1)
        return kept.first()
    }

    private suspend fun hold(clients: Int): Reading {
        check(clients >= kept.size) { "${kept.size} are open, $clients were ordered" }
        val wall = nanos { keep(clients) }
        return Reading(kept.size.toLong(), wall)
    }

    private suspend fun first(): Reading {
        check(created == null) { "this is not the first order" }
        val wall = nanos { client().receive(FIRST_BYTES, lot = 1) }
        return Reading(count = 1, wall)
    }

    private suspend fun keep(clients: Int) {
        while (kept.size < clients) kept += contestant.connect(url)
    }

    override fun close() {
        kept.forEach(Client::close)
        created?.close()
    }

    private companion object {
        const val FIRST_BYTES = 100
    }
}

/** How long an order may take before it counts as hung. */
private fun limitOf(order: Order): Long = GRACE_MS + when (order) {
    is Order.Receive -> order.millis
    is Order.Send -> order.millis
    is Order.Echo -> order.millis
    is Order.Connect -> order.millis
    is Order.Hold, Order.First -> 0
}

private const val GRACE_MS = 60_000L

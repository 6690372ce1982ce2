package dev.aldis.bench.aldis

import dev.aldis.RequestException
import dev.aldis.SendException
import dev.aldis.SignalClient
import dev.aldis.SignalConfig
import dev.aldis.bench.Client
import dev.aldis.bench.Empty
import dev.aldis.bench.Events
import dev.aldis.bench.Flood
import dev.aldis.bench.SinkCount
import dev.aldis.bench.Tick
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.launch
import kotlin.time.Duration.Companion.seconds

/** Aldis as most apps use it: typed flows, defaults everywhere. */
internal open class AldisFlow protected constructor(protected val client: SignalClient) : Client {
    override val dropped: Long get() = client.lag().dropped

    override suspend fun flood(order: Flood, onTick: (Tick) -> Unit) {
        val ticks = client.events<Tick>(Events.TICK).take(order.count)
        coroutineScope {
            // Undispatched: the subscription is there before the flood is asked for.
            launch(start = CoroutineStart.UNDISPATCHED) { ticks.collect { onTick(it) } }
            client.send(Events.FLOOD, order)
        }
    }

    override suspend fun sink(tick: Tick) = client.send(Events.SINK, tick)

    /** A request does not wait for room in the outbox as a message does. */
    override suspend fun count(): SinkCount {
        while (true) {
            try {
                return client.request(Events.COUNT, Empty(), timeout = 30.seconds)
            } catch (e: RequestException.NotSent) {
                if (e.cause !is SendException.OutboxFull) throw e
                delay(1)
            }
        }
    }

    override suspend fun echo(tick: Tick): Tick = client.request(Events.ECHO, tick)

    override fun close() = client.close()

    internal companion object {
        suspend fun connect(url: String) = AldisFlow(connected(url))

        /** A client of its own: the library shares what there is to share. */
        suspend fun connected(url: String): SignalClient =
            SignalClient(SignalConfig(url) { token("aldis") }).apply { connect() }
    }
}

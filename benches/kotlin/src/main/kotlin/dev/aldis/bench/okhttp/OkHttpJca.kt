package dev.aldis.bench.okhttp

import dev.aldis.bench.Contestant
import dev.aldis.bench.Empty
import dev.aldis.bench.Events
import dev.aldis.bench.Flood
import dev.aldis.bench.SinkCount
import dev.aldis.bench.Tick
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.launch

/** Pure Kotlin, tuned: [JcaClient]. */
internal class OkHttpJca : Contestant {
    private val client = JcaClient()

    override val dropped: Long get() = client.dropped

    override suspend fun connect(url: String) = client.connect(url, token = "okhttp-jca")

    override suspend fun flood(order: Flood, onTick: (Tick) -> Unit) {
        val ticks = client.events(TICK).take(order.count)
        coroutineScope {
            // Undispatched: the subscription is there before the flood is asked for.
            launch(start = CoroutineStart.UNDISPATCHED) { ticks.collect { onTick(it) } }
            client.send(FLOOD, order)
        }
    }

    override suspend fun sink(tick: Tick) = client.send(SINK, tick)

    override suspend fun count(): SinkCount = client.request(COUNT, Empty(), COUNTED)

    override suspend fun echo(tick: Tick): Tick = client.request(ECHO, tick, ECHO)

    override fun close() = client.close()

    private companion object {
        val FLOOD = Event(Events.FLOOD, Flood.serializer())
        val TICK = Event(Events.TICK, Tick.serializer())
        val SINK = Event(Events.SINK, Tick.serializer())
        val ECHO = Event(Events.ECHO, Tick.serializer())
        val COUNT = Event(Events.COUNT, Empty.serializer())
        val COUNTED = Event(Events.COUNT, SinkCount.serializer())
    }
}

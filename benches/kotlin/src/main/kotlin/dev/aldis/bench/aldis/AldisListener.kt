package dev.aldis.bench.aldis

import dev.aldis.Message
import dev.aldis.SignalClient
import dev.aldis.SignalListener
import dev.aldis.bench.Events
import dev.aldis.bench.Flood
import dev.aldis.bench.Tick
import kotlinx.coroutines.CompletableDeferred

/** Aldis by callbacks. */
internal class AldisListener private constructor(client: SignalClient) : AldisFlow(client) {
    override suspend fun flood(order: Flood, onTick: (Tick) -> Unit) {
        val listener = Ticks(order.count, onTick)
        client.addListener(listener).use {
            client.send(Events.FLOOD, order)
            listener.done.await()
        }
    }

    private inner class Ticks(private var left: Int, private val onTick: (Tick) -> Unit) :
        SignalListener {
        val done = CompletableDeferred<Unit>()

        override fun onMessage(message: Message) {
            if (message.event != Events.TICK) return
            runCatching {
                onTick(client.json.decodeFromString(Tick.serializer(), message.data))
            }.onFailure(done::completeExceptionally)
            if (--left == 0) done.complete(Unit)
        }
    }

    internal companion object {
        suspend fun connect(url: String) = AldisListener(connected(url))
    }
}

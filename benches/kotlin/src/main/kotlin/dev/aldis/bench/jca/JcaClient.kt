package dev.aldis.bench.jca

import dev.aldis.bench.Client
import dev.aldis.bench.Empty
import dev.aldis.bench.Events
import dev.aldis.bench.Flood
import dev.aldis.bench.SinkCount
import dev.aldis.bench.Tick
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeout

/**
 * A client as a good Kotlin engineer writes it without Rust: somebody's WebSocket, the JDK's
 * cryptography, kotlinx.serialization. One session, without reconnecting.
 *
 * A frame is decrypted and decoded where it is read, once, straight into the type that the app
 * wants. While a collector's buffer is full nothing is read, so TCP holds the server back.
 */
internal abstract class JcaClient(token: String, checked: Boolean) : Client {
    /** What is said. */
    protected val conversation: Conversation = Conversation(token, checked)

    /** Where it goes. */
    protected val router: Router = Router()

    override val dropped: Long get() = conversation.dropped

    /** Encrypts and sends, in the order of its calls. Waits while too much is queued. */
    protected abstract suspend fun transmit(plaintext: ByteArray)

    /** Ends all waiting, since the session has ended. */
    protected fun end(cause: Throwable) {
        conversation.end(cause)
        router.end(cause)
    }

    private suspend fun <T> send(event: Event<T>, payload: T, id: String? = null) {
        val message = Envelope(event.name, payload, id)
        transmit(WireJson.encodeToString(event.envelope, message).toByteArray())
    }

    private suspend fun <Q, R> request(event: Event<Q>, payload: Q, reply: Event<R>): R =
        withTimeout(REQUEST_WITHIN_MS) { router.request(reply) { send(event, payload, it) } }

    override suspend fun flood(order: Flood, onTick: (Tick) -> Unit) {
        val ticks = router.events(TICK).take(order.count)
        coroutineScope {
            // Undispatched: the subscription is there before the flood is asked for.
            launch(start = CoroutineStart.UNDISPATCHED) { ticks.collect { onTick(it) } }
            send(FLOOD, order)
        }
    }

    override suspend fun sink(tick: Tick) = send(SINK, tick)

    override suspend fun count(): SinkCount = request(COUNT, Empty(), COUNTED)

    override suspend fun echo(tick: Tick): Tick = request(ECHO, tick, ECHO)

    private companion object {
        const val REQUEST_WITHIN_MS = 30_000L

        val FLOOD = Event(Events.FLOOD, Flood.serializer())
        val TICK = Event(Events.TICK, Tick.serializer())
        val SINK = Event(Events.SINK, Tick.serializer())
        val ECHO = Event(Events.ECHO, Tick.serializer())
        val COUNT = Event(Events.COUNT, Empty.serializer())
        val COUNTED = Event(Events.COUNT, SinkCount.serializer())
    }
}

package dev.aldis.bench.jca

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.trySendBlocking
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.atomic.AtomicLong
import kotlin.coroutines.cancellation.CancellationException

/** Who waits for the payloads of an event. */
internal class Route<T>(private val event: Event<T>) {
    /** What waits for the collector. */
    val buffer: Channel<T> = Channel(BUFFERED_EVENTS)

    /** Whether a message is of this event. */
    fun fits(plaintext: String): Boolean = plaintext.startsWith(event.head) ||
        (
            !plaintext.startsWith(USUAL_HEAD) &&
                WireJson.decodeFromString<Header>(plaintext).event == event.name
        )

    /** Decodes a message and queues its payload. Waits while the buffer is full. */
    suspend fun deliver(plaintext: String) {
        try {
            buffer.send(decode(plaintext))
        } catch (_: CancellationException) {
            // The collector has gone, unless it was the caller that was cancelled.
            currentCoroutineContext().ensureActive()
        }
    }

    /** Decodes a message and queues its payload. Blocks while the buffer is full. */
    fun deliverBlocking(plaintext: String) {
        // What cannot be delivered has a collector that has gone.
        buffer.trySendBlocking(decode(plaintext))
    }

    private fun decode(plaintext: String): T =
        WireJson.decodeFromString(event.envelope, plaintext).data

    private companion object {
        const val BUFFERED_EVENTS = 1024
        const val USUAL_HEAD = """{"event":"""
    }
}

/** Who waits for the reply to a request. */
internal class Pending<T>(private val reply: Event<T>) {
    /** The reply's payload. */
    val result: CompletableDeferred<T> = CompletableDeferred()

    /** Decodes the reply. */
    fun complete(plaintext: String) {
        result.complete(WireJson.decodeFromString(reply.envelope, plaintext).data)
    }
}

/** Brings what was decrypted to those who wait for it. */
internal class Router {
    private val routes = CopyOnWriteArrayList<Route<*>>()
    private val pending = ConcurrentHashMap<String, Pending<*>>()
    private val lastId = AtomicLong()

    /** The payloads of an event from the collection's start on. */
    fun <T> events(event: Event<T>): Flow<T> = flow {
        val route = Route(event)
        routes += route
        try {
            emitAll(route.buffer)
        } finally {
            routes -= route
            route.buffer.cancel()
        }
    }

    /** Sends a request by [send], which is given its id, and waits for the reply of that id. */
    suspend fun <R> request(reply: Event<R>, send: suspend (String) -> Unit): R {
        val id = lastId.incrementAndGet().toString()
        val awaited = Pending(reply)
        pending[id] = awaited
        try {
            send(id)
            return awaited.result.await()
        } finally {
            pending.remove(id)
        }
    }

    /** Decodes a message for each who waits for it. [deliver] may wait while a buffer is full. */
    inline fun route(plaintext: String, deliver: (Route<*>) -> Unit) {
        val reply = if (pending.isEmpty()) null else idOf(plaintext)?.let(pending::get)
        if (reply != null) {
            reply.complete(plaintext)
        } else {
            for (route in routes) if (route.fits(plaintext)) deliver(route)
        }
    }

    /** Ends all waiting. */
    fun end(cause: Throwable) {
        for (reply in pending.values) reply.result.completeExceptionally(cause)
        for (route in routes) route.buffer.close(cause)
    }
}

package dev.aldis.bench.okhttp

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.trySendBlocking
import kotlinx.serialization.KSerializer

/** An event and the type of its payload, prepared once for all messages. */
internal class Event<T>(val name: String, type: KSerializer<T>) {
    /** Of whole messages. */
    val envelope: KSerializer<Envelope<T>> = Envelope.serializer(type)

    /** What a message of this event begins with, if its sender writes as everybody does. */
    val head: String = """{"event":"$name","""
}

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
    fun deliver(plaintext: String) {
        // What cannot be delivered has a collector that has gone.
        buffer.trySendBlocking(WireJson.decodeFromString(event.envelope, plaintext).data)
    }

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

private const val ID_HEAD = ""","id":""""
private const val ID_TAIL = "\"}"

/**
 * The id of a message. Cut off its end where that is as everybody writes it, which spares to parse
 * the payload twice.
 */
internal fun idOf(plaintext: String): String? {
    val start = plaintext.lastIndexOf(ID_HEAD) + ID_HEAD.length
    if (start < ID_HEAD.length && "\"id\"" !in plaintext) return null
    val end = plaintext.length - ID_TAIL.length
    if (start in ID_HEAD.length..end && plaintext.endsWith(ID_TAIL)) {
        val id = plaintext.substring(start, end)
        if ('"' !in id && '\\' !in id) return id
    }
    return WireJson.decodeFromString<Header>(plaintext).id
}

package dev.aldis.internal

import dev.aldis.SendException
import kotlinx.coroutines.delay
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/** Sends messages: by the lane where it takes them, by UniFFI where there is something to tell. */
internal class Outbox(private val connection: Connection) {
    suspend fun send(event: String, json: String, ttl: Duration?) = send(outgoing(event, json, ttl))

    suspend fun send(event: String, json: ByteArray, ttl: Duration?) =
        send(outgoing(event, json, ttl))

    fun trySend(event: String, json: String, ttl: Duration?) = trySend(outgoing(event, json, ttl))

    fun trySend(event: String, json: ByteArray, ttl: Duration?) =
        trySend(outgoing(event, json, ttl))

    private fun trySend(message: Outgoing) {
        val native =
            connection.openedOrNull() ?: throw SendException.NotConnected(
                "not connected (state: disconnected); connect first",
            )
        send(native, message)
    }

    private suspend fun send(message: Outgoing) {
        val native = connection.native()
        var failures = 0
        while (true) {
            try {
                return send(native, message)
            } catch (e: SendException.OutboxFull) {
                // What does not fit into an empty one never fits.
                if (e.messages == 0L) throw e
            }
            // A large message may not fit into what counts as room, and others may be faster.
            if (failures++ > 0) delay(PAUSE)
            connection.call { it.face.outboxReady(message.ttlMillis != null) }
        }
    }

    private fun send(native: NativeClient, message: Outgoing) {
        if (!native.sendByLane(message.event, message.data, message.ttlMillis)) {
            val event = String(message.event, Charsets.UTF_8)
            translating { native.face.send(event, message.text(), message.ttlMillis) }
        }
    }

    private fun outgoing(event: String, json: String, ttl: Duration?): Outgoing {
        val data = encodeUtf8(json) ?: throw invalidPayload()
        return outgoing(event, data, ttl)
    }

    private fun outgoing(event: String, json: ByteArray, ttl: Duration?) =
        Outgoing(encodeUtf8(event) ?: throw invalidEvent(), json, ttl?.inWholeMilliseconds)

    private class Outgoing(val event: ByteArray, val data: ByteArray, val ttlMillis: Long?) {
        fun text(): String = try {
            data.decodeToString(throwOnInvalidSequence = true)
        } catch (_: CharacterCodingException) {
            throw invalidPayload()
        }
    }

    private companion object {
        val PAUSE = 2.milliseconds
    }
}

internal fun invalidPayload(): SendException =
    SendException.InvalidPayload("the payload is not valid Unicode, which JSON is made of")

internal fun invalidEvent(): SendException = SendException.InvalidEvent(
    "the event's name has half a surrogate pair; Unicode text is needed",
    "event_name_not_unicode",
)

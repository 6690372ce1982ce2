package dev.aldis

import kotlinx.serialization.DeserializationStrategy
import kotlinx.serialization.json.Json
import kotlinx.serialization.serializer

/**
 * A decrypted message of the application.
 *
 * @property event the name of the event.
 * @property data the payload as JSON text, exactly as the peer wrote it; `null` where it sent none.
 * @property id the id that ties a reply to its request, where there is one.
 */
public data class Message(
    public val event: String,
    public val data: String,
    public val id: String? = null,
) {
    /**
     * Reads the payload as a [T].
     *
     * @throws UndecodablePayloadException the payload is not what [deserializer] reads.
     */
    public fun <T> decode(deserializer: DeserializationStrategy<T>, json: Json = SignalJson): T =
        json.decode(this, deserializer)

    /**
     * Reads the payload as a [T].
     *
     * @throws UndecodablePayloadException the payload is not a [T].
     */
    public inline fun <reified T> decode(json: Json = SignalJson): T =
        decode(json.serializersModule.serializer<T>(), json)

    /** The event and sizes only: the payload is the application's secret. */
    override fun toString(): String = "Message(event=$event, chars=${data.length}, id=$id)"
}

package dev.aldis

import kotlinx.serialization.DeserializationStrategy
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.MissingFieldException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonDecodingException

/**
 * How payloads are read and written where nothing else is asked for: fields that a class does not
 * know are passed over, so that a server may add some.
 */
public val SignalJson: Json = Json { ignoreUnknownKeys = true }

/**
 * Reads a payload. Whatever the payload makes the parser or the class throw becomes one exception
 * without a word of the payload, which the originals quote.
 */
internal fun <T> Json.decode(message: Message, deserializer: DeserializationStrategy<T>): T {
    val problem =
        try {
            return decodeFromString(deserializer, message.data)
        } catch (e: Exception) {
            describe(e)
        } catch (_: StackOverflowError) {
            "it is nested too deeply"
        }
    val type = deserializer.descriptor.serialName
    throw UndecodablePayloadException(message.event, "no $type: $problem")
}

@OptIn(ExperimentalSerializationApi::class)
private fun describe(e: Exception): String = when (e) {
    is MissingFieldException -> "it lacks ${e.missingFields.joinToString()}"
    else -> e.javaClass.simpleName
}

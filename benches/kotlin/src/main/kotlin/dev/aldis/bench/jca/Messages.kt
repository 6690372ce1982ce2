package dev.aldis.bench.jca

import kotlinx.serialization.KSerializer
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json

/** JSON as it is on the wire. */
internal val WireJson: Json =
    Json {
        ignoreUnknownKeys = true
        explicitNulls = false
    }

/** What any message has, for where the type of its payload is not known yet. */
@Serializable
internal class Header(val event: String, val id: String? = null)

/** A message, in plaintext or as what is encrypted. */
@Serializable
internal class Envelope<out T>(val event: String, val data: T, val id: String? = null)

/** What opens a session. */
@Serializable
internal class Authenticate(val type: String, val token: String, val clientPublicKey: String)

/** What the server answers to it. */
@Serializable
internal class Connected(val id: String, val serverPublicKey: String, val salt: String)

/** Why the server did not do something. */
@Serializable
internal class ErrorMessage(val message: String)

/** An event and the type of its payload, prepared once for all messages. */
internal class Event<T>(val name: String, type: KSerializer<T>) {
    /** Of whole messages. */
    val envelope: KSerializer<Envelope<T>> = Envelope.serializer(type)

    /** What a message of this event begins with, if its sender writes as everybody does. */
    val head: String = """{"event":"$name","""
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

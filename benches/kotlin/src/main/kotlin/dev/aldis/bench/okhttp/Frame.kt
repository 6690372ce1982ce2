package dev.aldis.bench.okhttp

import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json
import java.nio.ByteBuffer
import java.util.Base64

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

@Serializable
private class Encrypted(val iv: String, val ct: String)

/** An encrypted frame. */
internal class Frame private constructor(
    private val iv: String,
    private val ciphertext: ByteBuffer,
) {
    /** The IV; throws where it is not base64. */
    fun iv(): ByteArray = Base64.getDecoder().decode(iv)

    /** The ciphertext with the tag behind it, in the whole of an array. */
    fun ciphertext(): ByteBuffer = Base64.getDecoder().decode(ciphertext)

    internal companion object {
        /** What a frame as everybody writes it begins with; the base64 of the IV follows. */
        const val HEAD: String = """{"event":"encrypted","data":{"iv":""""

        /** What comes between; the base64 of the ciphertext follows. */
        const val MIDDLE: String = """","ct":""""

        /** What comes last. */
        const val TAIL: String = "\"}}"
        private const val IV_CHARS = 16

        /** All but the ciphertext. */
        const val OVERHEAD_CHARS: Int = HEAD.length + IV_CHARS + MIDDLE.length + TAIL.length

        /** The frame of a text, or null if the text is no encrypted frame. */
        fun of(text: String): Frame? = cut(text) ?: parse(text)

        /** Cuts a frame as everybody writes it, which is quicker than parsing it. */
        private fun cut(text: String): Frame? {
            val start = OVERHEAD_CHARS - TAIL.length
            val end = text.length - TAIL.length
            val ivEnd = HEAD.length + IV_CHARS
            val fits =
                start <= end && text.startsWith(HEAD) && text.startsWith(MIDDLE, ivEnd) &&
                    text.startsWith(TAIL, end)
            if (!fits) return null
            val bytes = text.toByteArray(Charsets.ISO_8859_1)
            return Frame(
                text.substring(HEAD.length, ivEnd),
                ByteBuffer.wrap(bytes, start, end - start),
            )
        }

        private fun parse(text: String): Frame? {
            if (WireJson.decodeFromString<Header>(text).event != "encrypted") return null
            val data = WireJson.decodeFromString<Envelope<Encrypted>>(text).data
            return Frame(data.iv, ByteBuffer.wrap(data.ct.toByteArray(Charsets.ISO_8859_1)))
        }
    }
}

package dev.aldis.bench.jca

import kotlinx.serialization.Serializable
import java.nio.ByteBuffer
import java.util.Arrays
import java.util.Base64

@Serializable
private class Encrypted(val iv: String, val ct: String)

/** An encrypted frame, its parts still in base64. */
internal class Frame private constructor(
    private val iv: ByteBuffer,
    private val ciphertext: ByteBuffer,
) {
    /** The IV; throws where it is not base64. */
    fun iv(): ByteArray = Base64.getDecoder().decode(iv).array()

    /** The ciphertext with the tag behind it. */
    fun ciphertext(): ByteArray = Base64.getDecoder().decode(ciphertext).array()

    internal companion object {
        private val HEAD = """{"event":"encrypted","data":{"iv":"""".toByteArray()
        private val MIDDLE = """","ct":"""".toByteArray()
        private val TAIL = "\"}}".toByteArray()
        private const val IV_CHARS = 16
        private val IV_END = HEAD.size + IV_CHARS
        private val CIPHERTEXT_START = IV_END + MIDDLE.size

        /** The frame that these bytes of UTF-8 are, or null if they are none. */
        fun of(bytes: ByteArray): Frame? = cut(bytes) ?: parse(bytes.decodeToString())

        /** The frame that a text is, or null if it is none. */
        fun of(text: String): Frame? = cut(text.toByteArray(Charsets.ISO_8859_1)) ?: parse(text)

        /** Writes a frame. Base64 needs no escaping, so no JSON writer is needed either. */
        fun write(iv: ByteArray, ciphertext: ByteArray): ByteArray {
            val base64 = Base64.getEncoder().encode(ciphertext)
            val bytes = HEAD.copyOf(CIPHERTEXT_START + base64.size + TAIL.size)
            Base64.getEncoder().encode(iv).copyInto(bytes, HEAD.size)
            MIDDLE.copyInto(bytes, IV_END)
            base64.copyInto(bytes, CIPHERTEXT_START)
            TAIL.copyInto(bytes, CIPHERTEXT_START + base64.size)
            return bytes
        }

        /** Cuts a frame as everybody writes it, which is quicker than parsing it. */
        private fun cut(bytes: ByteArray): Frame? {
            val end = bytes.size - TAIL.size
            val fits =
                CIPHERTEXT_START <= end && bytes.has(HEAD, 0) && bytes.has(MIDDLE, IV_END) &&
                    bytes.has(TAIL, end)
            if (!fits) return null
            return Frame(
                ByteBuffer.wrap(bytes, HEAD.size, IV_CHARS),
                ByteBuffer.wrap(bytes, CIPHERTEXT_START, end - CIPHERTEXT_START),
            )
        }

        private fun ByteArray.has(part: ByteArray, at: Int): Boolean =
            Arrays.equals(this, at, at + part.size, part, 0, part.size)

        private fun parse(text: String): Frame? {
            if (WireJson.decodeFromString<Header>(text).event != "encrypted") return null
            val data = WireJson.decodeFromString<Envelope<Encrypted>>(text).data
            return Frame(
                ByteBuffer.wrap(data.iv.toByteArray()),
                ByteBuffer.wrap(data.ct.toByteArray()),
            )
        }
    }
}

package dev.aldis.bench.okhttp

import java.nio.ByteBuffer
import java.security.SecureRandom
import java.util.Base64
import javax.crypto.AEADBadTagException
import javax.crypto.Cipher
import javax.crypto.spec.GCMParameterSpec
import javax.crypto.spec.SecretKeySpec

private const val TRANSFORMATION = "AES/GCM/NoPadding"
private const val TAG_BITS = 128
private const val TAG_BYTES = 16
private const val IV_BYTES = 12
private const val PREFIX_BYTES = 8

/** Encrypts what is sent. For one thread at a time. */
internal class Sealer(private val key: SecretKeySpec) {
    private val cipher = Cipher.getInstance(TRANSFORMATION)
    private val iv = ByteArray(IV_BYTES).also(SecureRandom()::nextBytes)
    private val counter = ByteBuffer.wrap(iv)
    private var next = 0

    /** What all our IVs begin with. */
    val prefix: Long = counter.getLong(0)

    /** Makes the text of a frame. Base64 needs no escaping, so no JSON writer is needed either. */
    fun seal(plaintext: ByteArray): String {
        check(next >= 0) { "the IVs are used up" }
        counter.putInt(PREFIX_BYTES, next++)
        cipher.init(Cipher.ENCRYPT_MODE, key, GCMParameterSpec(TAG_BITS, iv))
        val encoder = Base64.getEncoder()
        val ciphertext = encoder.encodeToString(cipher.doFinal(plaintext))
        return StringBuilder(Frame.OVERHEAD_CHARS + ciphertext.length)
            .append(Frame.HEAD)
            .append(encoder.encodeToString(iv))
            .append(Frame.MIDDLE)
            .append(ciphertext)
            .append(Frame.TAIL)
            .toString()
    }
}

/** Decrypts what is received. For one thread at a time. */
internal class Opener(private val key: SecretKeySpec, private val ownPrefix: Long) {
    private val cipher = Cipher.getInstance(TRANSFORMATION)
    private val seen = SeenIvs(MAX_SEEN_IVS)
    private var plaintext = ByteArray(INITIAL_BYTES)

    /** Frames that were dropped: reflected, replayed, or not authentic. */
    var dropped: Long = 0
        private set

    /** The plaintext of a frame, or null if the frame has to be dropped. */
    fun open(frame: Frame): String? {
        val text = openOrNull(frame)
        if (text == null) dropped++
        return text
    }

    private fun openOrNull(frame: Frame): String? {
        val iv = frame.iv()
        val ciphertext = frame.ciphertext()
        if (iv.size != IV_BYTES || ciphertext.remaining() < TAG_BYTES) return null
        if (ByteBuffer.wrap(iv).getLong() == ownPrefix) return null
        if (plaintext.size < ciphertext.remaining()) plaintext = ByteArray(ciphertext.remaining())
        cipher.init(Cipher.DECRYPT_MODE, key, GCMParameterSpec(TAG_BITS, iv))
        val size =
            try {
                cipher.doFinal(ciphertext.array(), 0, ciphertext.remaining(), plaintext, 0)
            } catch (_: AEADBadTagException) {
                return null
            }
        // Only authentic frames are remembered: otherwise anybody could fill the memory.
        return if (seen.add(iv)) String(plaintext, 0, size, Charsets.UTF_8) else null
    }

    private companion object {
        const val INITIAL_BYTES = 4096
        const val MAX_SEEN_IVS = (1 shl 20) / 8 * 7
    }
}

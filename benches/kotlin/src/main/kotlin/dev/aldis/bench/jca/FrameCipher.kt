package dev.aldis.bench.jca

import java.nio.ByteBuffer
import java.security.SecureRandom
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
    private val iv = ByteArray(IV_BYTES).also(random::nextBytes)
    private val counter = ByteBuffer.wrap(iv)
    private var next = 0

    /** What all our IVs begin with. */
    val prefix: Long = counter.getLong(0)

    /** Makes a frame. */
    fun seal(plaintext: ByteArray): ByteArray {
        check(next >= 0) { "the IVs are used up" }
        counter.putInt(PREFIX_BYTES, next++)
        cipher.init(Cipher.ENCRYPT_MODE, key, GCMParameterSpec(TAG_BITS, iv))
        return Frame.write(iv, cipher.doFinal(plaintext))
    }

    private companion object {
        val random = SecureRandom()
    }
}

/** Decrypts what is received. For one thread at a time. */
internal class Opener private constructor(
    private val key: SecretKeySpec,
    private val checks: Checks?,
) {
    private class Checks(val ownPrefix: Long) {
        val seen = SeenIvs(MAX_SEEN_IVS)
    }

    private val cipher = Cipher.getInstance(TRANSFORMATION)
    private var plaintext = ByteArray(INITIAL_BYTES)

    /**
     * The plaintext of a frame, or null if the frame has to be dropped: reflected, replayed, or not
     * authentic.
     */
    fun open(frame: Frame): String? {
        val iv = frame.iv()
        val ciphertext = frame.ciphertext()
        if (iv.size != IV_BYTES || ciphertext.size < TAG_BYTES) return null
        if (checks != null && ByteBuffer.wrap(iv).getLong() == checks.ownPrefix) return null
        if (plaintext.size < ciphertext.size) plaintext = ByteArray(ciphertext.size)
        cipher.init(Cipher.DECRYPT_MODE, key, GCMParameterSpec(TAG_BITS, iv))
        val size =
            try {
                cipher.doFinal(ciphertext, 0, ciphertext.size, plaintext, 0)
            } catch (_: AEADBadTagException) {
                return null
            }
        // Only authentic frames are remembered: otherwise anybody could fill the memory.
        val isNew = checks == null || checks.seen.add(iv)
        return if (isNew) String(plaintext, 0, size, Charsets.UTF_8) else null
    }

    internal companion object {
        /** Drops replayed frames, and reflected ones, whose IVs begin with [ownPrefix]. */
        fun checked(key: SecretKeySpec, ownPrefix: Long) = Opener(key, Checks(ownPrefix))

        /** Drops what is not authentic, and nothing else. */
        fun unchecked(key: SecretKeySpec) = Opener(key, checks = null)

        private const val INITIAL_BYTES = 1024
        private const val MAX_SEEN_IVS = (1 shl 20) / 8 * 7
    }
}

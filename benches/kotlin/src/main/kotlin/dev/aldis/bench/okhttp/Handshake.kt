package dev.aldis.bench.okhttp

import java.math.BigInteger
import java.security.AlgorithmParameters
import java.security.KeyFactory
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.interfaces.ECPublicKey
import java.security.spec.ECGenParameterSpec
import java.security.spec.ECParameterSpec
import java.security.spec.ECPoint
import java.security.spec.ECPublicKeySpec
import javax.crypto.KeyAgreement
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec

/** The key exchange of one connection: ECDH on P-256, then HKDF-SHA-256. */
internal class Handshake(private val keys: KeyPair = freshKeys()) {
    /** Our public key as an uncompressed point. */
    val publicKey: ByteArray
        get() {
            val point = (keys.public as ECPublicKey).w
            return byteArrayOf(UNCOMPRESSED) + point.affineX.toFixed() + point.affineY.toFixed()
        }

    /** The key for both directions. The JDK checks that the point is on the curve. */
    fun derive(serverPublicKey: ByteArray, salt: ByteArray): SecretKeySpec {
        require(serverPublicKey.size == 1 + 2 * FIELD_BYTES && serverPublicKey[0] == UNCOMPRESSED) {
            "the server's key is no uncompressed point"
        }
        val x = BigInteger(1, serverPublicKey.copyOfRange(1, 1 + FIELD_BYTES))
        val y = BigInteger(1, serverPublicKey.copyOfRange(1 + FIELD_BYTES, serverPublicKey.size))
        val parameters =
            AlgorithmParameters.getInstance("EC").run {
                init(ECGenParameterSpec(CURVE))
                getParameterSpec(ECParameterSpec::class.java)
            }
        val serverKey =
            KeyFactory.getInstance("EC").generatePublic(ECPublicKeySpec(ECPoint(x, y), parameters))
        val shared =
            KeyAgreement.getInstance("ECDH").run {
                init(keys.private)
                doPhase(serverKey, true)
                generateSecret()
            }
        val pseudoRandomKey = hmac(salt, shared)
        return SecretKeySpec(hmac(pseudoRandomKey, INFO + byteArrayOf(1)), "AES")
    }

    private companion object {
        const val CURVE = "secp256r1"
        const val FIELD_BYTES = 32
        const val UNCOMPRESSED: Byte = 4
        val INFO = "nx-signal-e2e".toByteArray()

        fun freshKeys(): KeyPair = KeyPairGenerator.getInstance("EC").run {
            initialize(ECGenParameterSpec(CURVE))
            generateKeyPair()
        }

        fun hmac(key: ByteArray, data: ByteArray): ByteArray = Mac.getInstance("HmacSHA256").run {
            init(SecretKeySpec(key, "HmacSHA256"))
            doFinal(data)
        }

        fun BigInteger.toFixed(): ByteArray {
            val bytes = toByteArray().takeLast(FIELD_BYTES).toByteArray()
            return ByteArray(FIELD_BYTES - bytes.size) + bytes
        }
    }
}

package dev.aldis.bench.jca

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
        val serverKey = factory.generatePublic(ECPublicKeySpec(ECPoint(x, y), parameters))
        val shared =
            KeyAgreement.getInstance("ECDH").run {
                init(keys.private)
                doPhase(serverKey, true)
                generateSecret()
            }
        val pseudoRandomKey = hmac(salt, shared)
        return SecretKeySpec(hmac(pseudoRandomKey, INFO + byteArrayOf(1)), "AES")
    }

    /** What is the same for all connections is looked up once. */
    private companion object {
        const val FIELD_BYTES = 32
        const val UNCOMPRESSED: Byte = 4
        val INFO = "nx-signal-e2e".toByteArray()

        val parameters: ECParameterSpec =
            AlgorithmParameters.getInstance("EC").run {
                init(ECGenParameterSpec("secp256r1"))
                getParameterSpec(ECParameterSpec::class.java)
            }
        val factory: KeyFactory = KeyFactory.getInstance("EC")
        val generator: KeyPairGenerator =
            KeyPairGenerator.getInstance("EC").apply { initialize(parameters) }

        fun freshKeys(): KeyPair = generator.generateKeyPair()

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

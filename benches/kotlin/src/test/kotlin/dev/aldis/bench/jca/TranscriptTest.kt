package dev.aldis.bench.jca

import kotlinx.serialization.Serializable
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import java.io.File
import java.math.BigInteger
import java.security.AlgorithmParameters
import java.security.KeyFactory
import java.security.KeyPair
import java.security.spec.ECGenParameterSpec
import java.security.spec.ECParameterSpec
import java.security.spec.ECPoint
import java.security.spec.ECPrivateKeySpec
import java.security.spec.ECPublicKeySpec
import java.util.Base64

/** A conversation with the real server, with its keys. */
@Serializable
private class Transcript(
    val clientPrivateKeyHex: String,
    val clientPublicKeyB64: String,
    val serverPublicKeyB64: String,
    val saltB64: String,
    val aesKeyHex: String,
    val clientPlaintext: String,
    val serverPlaintext: String,
    val frames: List<Line>,
) {
    @Serializable
    class Line(val text: String)
}

/** Those that use the JDK's cryptography speak the protocol as the real server does. */
class TranscriptTest {
    private val transcript =
        File("../../tests/vectors/handshake.json").readText().let {
            WireJson.decodeFromString<Transcript>(it)
        }
    private val handshake = Handshake(keys())
    private val key =
        handshake.derive(base64(transcript.serverPublicKeyB64), base64(transcript.saltB64))

    @Test
    fun `derives the key`() {
        assertArrayEquals(base64(transcript.clientPublicKeyB64), handshake.publicKey)
        assertEquals(transcript.aesKeyHex, BigInteger(1, key.encoded).toString(16))
    }

    @Test
    fun `opens both frames`() {
        val opener = Opener.checked(key, ownPrefix = 0)
        val (sent, received) = transcript.frames.mapNotNull { Frame.of(it.text) }
        assertEquals(transcript.clientPlaintext, opener.open(sent))
        assertEquals(transcript.serverPlaintext, opener.open(received))
    }

    private fun keys(): KeyPair {
        val parameters =
            AlgorithmParameters.getInstance("EC").run {
                init(ECGenParameterSpec("secp256r1"))
                getParameterSpec(ECParameterSpec::class.java)
            }
        val point = base64(transcript.clientPublicKeyB64)
        val x = BigInteger(1, point.copyOfRange(1, 33))
        val y = BigInteger(1, point.copyOfRange(33, 65))
        val scalar = BigInteger(transcript.clientPrivateKeyHex, 16)
        val factory = KeyFactory.getInstance("EC")
        return KeyPair(
            factory.generatePublic(ECPublicKeySpec(ECPoint(x, y), parameters)),
            factory.generatePrivate(ECPrivateKeySpec(scalar, parameters)),
        )
    }

    private fun base64(text: String): ByteArray = Base64.getDecoder().decode(text)
}

package dev.aldis.bench.jca

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.withTimeout
import java.io.IOException
import java.util.Base64

/**
 * What is said in one session, whatever carries it. What comes in is for one thread at a time.
 *
 * @param checked whether replayed and reflected frames are looked for.
 */
internal class Conversation(private val token: String, private val checked: Boolean) {
    private val handshake = Handshake()
    private val sealer = CompletableDeferred<Sealer>()
    private var opener: Opener? = null

    /** What was received and dropped: not authentic, replayed, reflected, or in plaintext. */
    @Volatile
    var dropped: Long = 0
        private set

    /** What opens the session, as the text of a frame. */
    fun opening(): String {
        val key = Base64.getEncoder().encodeToString(handshake.publicKey)
        return WireJson.encodeToString(
            Envelope("authenticate", Authenticate("Bearer", token, key)),
        )
    }

    /** What encrypts, once the server has let us in. */
    suspend fun sealer(): Sealer = sealer.await()

    /** Waits until the server has let us in. */
    suspend fun begun() {
        withTimeout(CONNECT_WITHIN_MS) { sealer.await() }
    }

    /** Takes the text of a frame. The message in it, if it is for the app. */
    fun hear(text: String): String? {
        val opener = opener
        return if (opener == null) begin(text) else open(opener, Frame.of(text))
    }

    /** The same, as UTF-8. */
    fun hear(text: ByteArray): String? {
        val opener = opener
        return if (opener == null) begin(text.decodeToString()) else open(opener, Frame.of(text))
    }

    /** Ends the waiting for the session. */
    fun end(cause: Throwable) {
        sealer.completeExceptionally(cause)
    }

    private fun open(opener: Opener, frame: Frame?): String? {
        val plaintext = frame?.let(opener::open)
        if (plaintext == null) dropped++
        return plaintext
    }

    private fun begin(text: String): String? {
        when (WireJson.decodeFromString<Header>(text).event) {
            "connected" -> begin(WireJson.decodeFromString<Envelope<Connected>>(text).data)
            "error" -> throw IOException(errorIn(text))
            else -> dropped++
        }
        return null
    }

    private fun begin(connected: Connected) {
        val decoder = Base64.getDecoder()
        val serverKey = decoder.decode(connected.serverPublicKey)
        val key = handshake.derive(serverKey, decoder.decode(connected.salt))
        val ours = Sealer(key)
        opener = if (checked) Opener.checked(key, ours.prefix) else Opener.unchecked(key)
        sealer.complete(ours)
    }

    private fun errorIn(text: String): String =
        WireJson.decodeFromString<Envelope<ErrorMessage>>(text).data.message

    internal companion object {
        private const val CONNECT_WITHIN_MS = 10_000L

        /** What keeps a session, as the text of a frame, and how often to say it. */
        const val HEARTBEAT: String = """{"event":"heartbeat"}"""
        const val HEARTBEAT_EVERY_MS = 30_000L
    }
}

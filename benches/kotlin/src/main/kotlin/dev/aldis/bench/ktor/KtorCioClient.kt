package dev.aldis.bench.ktor

import dev.aldis.bench.jca.Conversation
import dev.aldis.bench.jca.JcaClient
import io.ktor.client.HttpClient
import io.ktor.client.plugins.websocket.DefaultClientWebSocketSession
import io.ktor.client.plugins.websocket.webSocketSession
import io.ktor.websocket.Frame
import kotlinx.coroutines.cancel
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import java.io.IOException

/** A client by Ktor's WebSocket. It reads in a coroutine. */
internal class KtorCioClient(private val http: HttpClient) :
    JcaClient(token = "ktor-cio", checked = true) {
    private val sending = Mutex()
    private lateinit var session: DefaultClientWebSocketSession

    /** Connects, and returns when the server has let us in. */
    suspend fun connect(url: String) {
        session = http.webSocketSession(url)
        session.launch { listen() }
        session.send(Frame.Text(conversation.opening()))
        conversation.begun()
        session.launch {
            while (true) {
                session.send(Frame.Text(Conversation.HEARTBEAT))
                delay(Conversation.HEARTBEAT_EVERY_MS)
            }
        }
    }

    override suspend fun transmit(plaintext: ByteArray) {
        val sealer = conversation.sealer()
        // The cipher is one, and the IVs shall leave in their order.
        sending.withLock { session.send(Frame.Text(fin = true, sealer.seal(plaintext))) }
    }

    private suspend fun listen() {
        try {
            for (frame in session.incoming) if (frame is Frame.Text) hear(frame.data)
            end(IOException("the server closed: ${session.closeReason.await()}"))
        } catch (e: Throwable) {
            end(e)
            throw e
        }
    }

    private suspend fun hear(text: ByteArray) {
        val plaintext = conversation.hear(text) ?: return
        router.route(plaintext) { it.deliver(plaintext) }
    }

    override fun close() {
        session.cancel()
    }
}

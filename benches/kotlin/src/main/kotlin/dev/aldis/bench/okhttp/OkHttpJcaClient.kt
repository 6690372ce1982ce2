package dev.aldis.bench.okhttp

import dev.aldis.bench.jca.Conversation
import dev.aldis.bench.jca.JcaClient
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.Response
import okhttp3.WebSocket
import okhttp3.WebSocketListener
import okio.IOException

/** A client by OkHttp's WebSocket. It reads on the thread that OkHttp has for each WebSocket. */
internal class OkHttpJcaClient(private val http: OkHttpClient, checked: Boolean) :
    JcaClient(token = "okhttp-jca", checked) {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    private val sending = Any()
    private lateinit var socket: WebSocket

    /** Connects, and returns when the server has let us in. */
    suspend fun connect(url: String) {
        socket = http.newWebSocket(Request.Builder().url(url).build(), Listener())
        conversation.begun()
        scope.launch {
            while (socket.send(Conversation.HEARTBEAT)) delay(Conversation.HEARTBEAT_EVERY_MS)
        }
    }

    override suspend fun transmit(plaintext: ByteArray) {
        val sealer = conversation.sealer()
        while (socket.queueSize() > MAX_QUEUED_BYTES) delay(1)
        // The cipher is one, and the IVs shall leave in their order.
        val taken =
            synchronized(sending) {
                socket.send(String(sealer.seal(plaintext), Charsets.ISO_8859_1))
            }
        if (!taken) throw IOException("the connection is closed")
    }

    override fun close() {
        scope.cancel()
        socket.cancel()
    }

    private inner class Listener : WebSocketListener() {
        override fun onOpen(webSocket: WebSocket, response: Response) {
            webSocket.send(conversation.opening())
        }

        /** What it throws ends the WebSocket, and comes to [onFailure]. */
        override fun onMessage(webSocket: WebSocket, text: String) {
            val plaintext = conversation.hear(text) ?: return
            router.route(plaintext) { it.deliverBlocking(plaintext) }
        }

        override fun onClosing(webSocket: WebSocket, code: Int, reason: String) {
            webSocket.close(code, null)
            end(IOException("the server closed: $code $reason"))
        }

        override fun onFailure(webSocket: WebSocket, t: Throwable, response: Response?) = end(t)
    }

    private companion object {
        /** OkHttp itself closes the connection at 16 MiB. */
        const val MAX_QUEUED_BYTES = 1L shl 20
    }
}

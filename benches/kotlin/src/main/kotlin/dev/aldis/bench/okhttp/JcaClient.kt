package dev.aldis.bench.okhttp

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeout
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.Response
import okhttp3.WebSocket
import okhttp3.WebSocketListener
import okio.IOException
import java.util.Base64
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicLong

/**
 * A client as a good Kotlin engineer writes it without Rust: OkHttp's WebSocket, the JDK's
 * cryptography, kotlinx.serialization. One session, without reconnecting.
 *
 * Frames are decrypted and decoded on OkHttp's reader thread, once, straight into the type that the
 * app wants. While a collector's buffer is full that thread waits, so TCP holds the server back.
 */
internal class JcaClient : AutoCloseable {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    private val http =
        OkHttpClient
            .Builder()
            .pingInterval(PING_SECONDS, TimeUnit.SECONDS)
            .socketFactory(NoDelay)
            .build()
    private val handshake = Handshake()
    private val session = CompletableDeferred<Session>()
    private val routes = CopyOnWriteArrayList<Route<*>>()
    private val pending = ConcurrentHashMap<String, Pending<*>>()
    private val lastId = AtomicLong()
    private val sending = Any()

    @Volatile
    private var socket: WebSocket? = null

    /** What was received and dropped: not authentic, replayed, reflected, or in plaintext. */
    @Volatile
    var dropped: Long = 0
        private set

    /** An authenticated session; what opens it is used on the reader thread only. */
    private class Session(val socket: WebSocket, val sealer: Sealer, val opener: Opener)

    /** Connects, and returns when the server has let us in. */
    suspend fun connect(url: String, token: String) {
        val request = Request.Builder().url(url).build()
        val socket = http.newWebSocket(request, Listener(token)).also { socket = it }
        withTimeout(CONNECT_WITHIN_MS) { session.await() }
        scope.launch {
            while (socket.send("""{"event":"heartbeat"}""")) delay(HEARTBEAT_MS)
        }
    }

    /** Sends an event. Waits while too much is queued. */
    suspend fun <T> send(event: Event<T>, payload: T, id: String? = null) {
        val session = session.await()
        val message = Envelope(event.name, payload, id)
        val plaintext = WireJson.encodeToString(event.envelope, message).toByteArray()
        while (session.socket.queueSize() > MAX_QUEUED_BYTES) delay(1)
        // The cipher is one, and the IVs shall leave in their order.
        val taken = synchronized(sending) { session.socket.send(session.sealer.seal(plaintext)) }
        if (!taken) throw IOException("the connection is closed")
    }

    /** Sends an event and waits for the reply of the same id. */
    suspend fun <Q, R> request(event: Event<Q>, payload: Q, reply: Event<R>): R {
        val id = lastId.incrementAndGet().toString()
        val awaited = Pending(reply)
        pending[id] = awaited
        try {
            send(event, payload, id)
            return withTimeout(REQUEST_WITHIN_MS) { awaited.result.await() }
        } finally {
            pending.remove(id)
        }
    }

    /** The payloads of an event from the collection's start on. */
    fun <T> events(event: Event<T>): Flow<T> = flow {
        val route = Route(event)
        routes += route
        try {
            emitAll(route.buffer)
        } finally {
            routes -= route
            route.buffer.cancel()
        }
    }

    override fun close() {
        scope.cancel()
        socket?.cancel()
        http.dispatcher.executorService.shutdown()
        http.connectionPool.evictAll()
    }

    private fun onPlaintext(plaintext: String) {
        if (pending.isNotEmpty()) {
            val reply = idOf(plaintext)?.let(pending::get)
            if (reply != null) {
                reply.complete(plaintext)
                return
            }
        }
        for (route in routes) if (route.fits(plaintext)) route.deliver(plaintext)
    }

    private fun end(cause: Throwable) {
        session.completeExceptionally(cause)
        for (reply in pending.values) reply.result.completeExceptionally(cause)
        for (route in routes) route.buffer.close(cause)
    }

    private inner class Listener(private val token: String) : WebSocketListener() {
        private var current: Session? = null

        override fun onOpen(webSocket: WebSocket, response: Response) {
            val key = Base64.getEncoder().encodeToString(handshake.publicKey)
            val data = Authenticate("Bearer", token, key)
            webSocket.send(WireJson.encodeToString(Envelope("authenticate", data)))
        }

        override fun onMessage(webSocket: WebSocket, text: String) {
            val session = current
            if (session == null) {
                begin(webSocket, text)
                return
            }
            val plaintext = Frame.of(text)?.let(session.opener::open)
            if (plaintext == null) dropped++ else onPlaintext(plaintext)
        }

        private fun begin(socket: WebSocket, text: String) {
            when (WireJson.decodeFromString<Header>(text).event) {
                "connected" -> {
                    val connected = WireJson.decodeFromString<Envelope<Connected>>(text).data
                    val decoder = Base64.getDecoder()
                    val serverKey = decoder.decode(connected.serverPublicKey)
                    val key = handshake.derive(serverKey, decoder.decode(connected.salt))
                    val sealer = Sealer(key)
                    val session = Session(socket, sealer, Opener(key, sealer.prefix))
                    current = session
                    this@JcaClient.session.complete(session)
                }

                "error" -> {
                    val error = WireJson.decodeFromString<Envelope<ErrorMessage>>(text).data
                    end(IOException(error.message))
                }

                else -> {
                    dropped++
                }
            }
        }

        override fun onClosing(webSocket: WebSocket, code: Int, reason: String) {
            webSocket.close(code, null)
            end(IOException("the server closed: $code $reason"))
        }

        override fun onFailure(webSocket: WebSocket, t: Throwable, response: Response?) = end(t)
    }

    private companion object {
        const val PING_SECONDS = 30L
        const val HEARTBEAT_MS = 30_000L
        const val CONNECT_WITHIN_MS = 10_000L
        const val REQUEST_WITHIN_MS = 30_000L

        /** OkHttp itself closes the connection at 16 MiB. */
        const val MAX_QUEUED_BYTES = 1L shl 20
    }
}

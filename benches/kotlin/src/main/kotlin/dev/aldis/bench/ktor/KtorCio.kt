package dev.aldis.bench.ktor

import dev.aldis.bench.Client
import dev.aldis.bench.Contestant
import io.ktor.client.HttpClient
import io.ktor.client.engine.cio.CIO
import io.ktor.client.engine.cio.endpoint
import io.ktor.client.plugins.websocket.WebSockets

/** Ktor's own engine and the JDK's cryptography. All clients share one `HttpClient`. */
internal class KtorCio : Contestant {
    private val http =
        HttpClient(CIO) {
            engine {
                // WebSockets count, and 100 to one server would be the most.
                maxConnectionsCount = Int.MAX_VALUE
                endpoint {
                    maxConnectionsPerRoute = Int.MAX_VALUE
                }
            }
            install(WebSockets) {
                pingIntervalMillis = PING_MS
                // Frames that wait; unlimited unless told, and the server would not be held back.
                channels {
                    incoming = bounded(QUEUED_FRAMES)
                    outgoing = bounded(QUEUED_FRAMES)
                }
            }
        }

    override suspend fun connect(url: String): Client = KtorCioClient(http).apply { connect(url) }

    override fun close() = http.close()

    private companion object {
        const val PING_MS = 30_000L
        const val QUEUED_FRAMES = 64
    }
}

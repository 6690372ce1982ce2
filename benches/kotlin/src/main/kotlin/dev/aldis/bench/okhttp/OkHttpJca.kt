package dev.aldis.bench.okhttp

import dev.aldis.bench.Client
import dev.aldis.bench.Contestant
import okhttp3.ConnectionPool
import okhttp3.ConnectionSpec
import okhttp3.Dispatcher
import okhttp3.OkHttpClient
import java.util.concurrent.TimeUnit

/** OkHttp 5 and the JDK's cryptography. All clients share one `OkHttpClient`, as they should. */
internal class OkHttpJca(private val checked: Boolean) : Contestant {
    private val http =
        OkHttpClient
            .Builder()
            .pingInterval(PING_SECONDS, TimeUnit.SECONDS)
            // Pings find dead connections. A timer for each read and write would cost a quarter.
            .readTimeout(0, TimeUnit.SECONDS)
            .writeTimeout(0, TimeUnit.SECONDS)
            .socketFactory(NoDelay)
            // Otherwise the certificates for TLS would be loaded, which the race is run without.
            .connectionSpecs(listOf(ConnectionSpec.CLEARTEXT))
            // A WebSocket counts as a request as long as it is open, and 64 would be the most.
            .dispatcher(Dispatcher().apply { maxRequests = Int.MAX_VALUE })
            // A WebSocket never goes back to the pool.
            .connectionPool(ConnectionPool(0, 1, TimeUnit.SECONDS))
            .build()

    override suspend fun connect(url: String): Client =
        OkHttpJcaClient(http, checked).apply { connect(url) }

    override fun close() {
        http.dispatcher.executorService.shutdown()
    }

    private companion object {
        const val PING_SECONDS = 30L
    }
}

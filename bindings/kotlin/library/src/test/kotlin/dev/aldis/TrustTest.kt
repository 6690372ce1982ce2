package dev.aldis

import dev.aldis.support.BothWays
import dev.aldis.support.FaultProxy
import dev.aldis.support.NoServer
import dev.aldis.support.Server
import dev.aldis.support.TestBed
import dev.aldis.support.Way
import dev.aldis.support.onAndroid
import dev.aldis.support.test
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Whose certificates are trusted, with a real server, and Android's key store behind JNI. */
@BothWays
internal class TrustTest(private val way: Way) {
    @Test
    fun `a certificate of nobody we trust is refused, and a root of the app's makes it good`() =
        test(way) {
            val proxy = secureProxy(aldis())
            assertRefused(proxy, TlsConfig())
            client(proxy) { tls(TlsConfig(extraRoots = listOf(proxy.ca!!))) }.connect()
        }

    @Test
    fun `on Android the system's certificates are trusted, and the user's only when asked for`() =
        test(way) {
            val (server, proxy) = aldis().let { it to secureProxy(it) }
            val stranger = secureProxy(server).ca!!
            onAndroid(mapOf("system:1.0" to stranger, "system:2.0" to proxy.ca!!)) {
                client(proxy).connect()
            }
            onAndroid(mapOf("system:1.0" to stranger, "user:1.0" to proxy.ca)) {
                assertRefused(proxy, TlsConfig())
                client(proxy) { tls(TlsConfig(trust = TrustAnchors.SystemAndUser)) }.connect()
            }
            // The app's own roots count besides.
            onAndroid(mapOf("system:1.0" to stranger)) {
                client(proxy) { tls(TlsConfig(extraRoots = listOf(proxy.ca))) }.connect()
            }
        }

    @Test
    fun `on Android a store without a certificate is told before anything is tried`() = test(way) {
        onAndroid(emptyMap()) {
            val refused = runCatching { client(NoSecureServer).connect() }.exceptionOrNull()
            assertEquals("tls.trust", (refused as? InvalidConfigException)?.field) { "$refused" }
        }
    }

    /** Tries once, and fails because of the certificate. */
    private suspend fun TestBed.assertRefused(proxy: FaultProxy, tls: TlsConfig) {
        val client = client(proxy) { tls(tls).maxRetries(0) }
        val failure = runCatching { client.connect() }.exceptionOrNull()
        assertTrue(failure is ConnectFailedException && "certificate" in "$failure") { "$failure" }
    }

    private object NoSecureServer : Server by NoServer {
        override val url get() = "wss://$address/ws"
    }
}

package dev.aldis

import dev.aldis.ffi.defaultConfig
import dev.aldis.internal.toNative
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import kotlin.time.Duration
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.microseconds
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

internal class ConfigTest {
    @Test
    fun `the defaults are those of the native side`() {
        NativeLibrary.load()
        val url = "wss://example.org/ws"
        val defaults = defaultConfig(url)
        // Which TLS there is, the library knows better.
        val tls = defaults.tls?.copy(backend = null)
        assertEquals(defaults.copy(tls = tls), SignalConfig(url).toNative())
    }

    @Test
    fun `every setting reaches the native side`() {
        val native = everything().toNative()
        val defaults = SignalConfig("wss://example.org/ws").toNative()
        for (field in native.javaClass.declaredFields.filter {
            !java.lang.reflect.Modifier
                .isStatic(it.modifiers)
        }) {
            field.isAccessible = true
            assertNotEquals(field.get(defaults), field.get(native)) { field.name }
        }
        assertEquals(21L * 60_000, native.heartbeatIntervalMs)
        assertEquals(22L, native.pongTimeoutMs)
        assertEquals(23L, native.probeTimeoutMs)
        assertEquals(24L, native.dialTimeoutMs)
        assertEquals(25L, native.authenticationTimeoutMs)
        assertEquals(26L, native.tokenTimeoutMs)
        assertEquals(27L, native.baseIntervalMs)
        assertEquals(28L, native.maxIntervalMs)
        assertEquals(31L, native.maxQueuedEvents)
        assertEquals(32L, native.maxQueuedBytes)
        assertEquals(33L, native.maxOutboxMessages)
        assertEquals(34L, native.maxOutboxBytes)
        assertEquals(35L, native.maxPendingRequests)
        assertEquals(36L, native.maxFrameBytes)
        assertEquals(37L, native.maxInboundBytes)
        assertEquals(38L, native.maxRetries)
    }

    @Test
    fun `milliseconds do as well as durations`() {
        val url = "wss://example.org/ws"
        val millis = SignalConfig(url) {
            heartbeatIntervalMillis(
                1,
            ).pongTimeoutMillis(2).probeTimeoutMillis(3).dialTimeoutMillis(4)
            authenticationTimeoutMillis(
                5,
            ).tokenTimeoutMillis(6).baseIntervalMillis(7).maxIntervalMillis(8)
        }
        val durations = SignalConfig(url) {
            heartbeatInterval(
                1.milliseconds,
            ).pongTimeout(2.milliseconds).probeTimeout(3.milliseconds)
            dialTimeout(
                4.milliseconds,
            ).authenticationTimeout(5.milliseconds).tokenTimeout(6.milliseconds)
            baseInterval(7.milliseconds).maxInterval(8.milliseconds)
        }
        assertEquals(durations, millis)
        assertEquals(durations.hashCode(), millis.hashCode())
        assertNotEquals(SignalConfig(url), millis)
    }

    @Test
    fun `what is wrong is named by its field`() {
        for (url in listOf("not a URL", "ws://example.org/ws", "wss://\uD83D/ws")) {
            refuses("url", SignalConfig(url))
        }
        refuses("token") { token("") }
        refuses("token") { token("\uD83D") }
        refuses("rooms") { rooms("fine", "ws:mine") }
        refuses("rooms") { rooms("\uDE00") }
        refuses("info") { info("") }
        refuses("keyField") { keyField("token") }
        refuses("serverKey") { serverKey("AAAA") }
        refuses("headers") { header("no name", "v") }
        refuses("headers") { header("Host", "example.org") }
        refuses("heartbeatInterval") { heartbeatInterval(9.milliseconds) }
        refuses("heartbeatInterval") { heartbeatInterval(Duration.INFINITE) }
        refuses("pongTimeout") { pongTimeout(11.minutes) }
        refuses("probeTimeout") { probeTimeout(Duration.ZERO) }
        refuses("dialTimeout") { dialTimeout((-1).seconds) }
        refuses("authenticationTimeout") { authenticationTimeout(1.microseconds) }
        refuses("tokenTimeout") { tokenTimeout(1.hours) }
        refuses("maxRetries") { maxRetries(-1) }
        refuses("baseInterval") { baseInterval(2.hours) }
        refuses("backoffMultiplier") { backoffMultiplier(Double.NaN) }
        refuses("maxInterval") { maxInterval(2.days) }
        refuses("maxQueuedEvents") { maxQueuedEvents(0) }
        refuses("maxQueuedBytes") { maxQueuedBytes(0) }
        refuses("maxOutboxMessages") { maxOutboxMessages(1_000_001) }
        refuses("maxOutboxBytes") { maxOutboxBytes(1) }
        refuses("maxPendingRequests") { maxPendingRequests(-5) }
        refuses("maxFrameBytes") { maxFrameBytes(1_000) }
        refuses("maxInboundBytes") { maxInboundBytes(Int.MAX_VALUE) }
        refuses("tls.pins") { tls(TlsConfig(pins = listOf("sha256/short"))) }
        refuses("tls.extraRoots") { tls(TlsConfig(extraRoots = listOf("\uD83D"))) }
        refuses("proxy") { proxy("ftp://proxy") }
    }

    @Test
    fun `every call fails in the same way, until the client is closed`() {
        val client = SignalClient(SignalConfig("nonsense"))
        runBlocking {
            repeat(2) {
                assertThrows<InvalidConfigException> { client.connect() }
                assertThrows<InvalidConfigException> { client.sendJson("echo", "1") }
                assertThrows<InvalidConfigException> { client.stats() }
                assertThrows<SendException.NotConnected> { client.trySendJson("echo", "1") }
            }
            client.networkAvailable()
            client.close()
            assertThrows<ClientClosedException> { client.connect() }
        }
    }

    @Test
    fun `what is shown has no secrets`() {
        val shown = SignalConfig("wss://user:SECRET@example.org:8443/ws?key=SECRET#SECRET") {
            token("SECRET").header("Authorization", "SECRET").proxy("http://me:SECRET@proxy:3128")
        }.toString()
        assertTrue("SECRET" !in shown) { shown }
        assertTrue("example.org" in shown && "Authorization" in shown && "proxy" in shown) { shown }
        for (odd in listOf(
            "SECRET",
            "wss://exa mple/?SECRET",
            "wss:SECRET",
            "wss://[SECRET",
            "?SECRET",
            "//SECRET@",
        )) {
            val config = SignalConfig(odd) { proxy(odd) }
            assertTrue("SECRET" !in config.toString()) { "$config" }
        }
    }

    @Test
    fun `a builder may be used further`() {
        val builder = SignalConfig.builder("wss://example.org/ws").rooms("a").header("X", "1")
        val first = builder.build()
        builder.rooms("b").header("X", "2")
        assertEquals(setOf("a"), first.rooms)
        assertEquals(mapOf("X" to "1"), first.headers)
        assertEquals(setOf("a", "b"), builder.build().rooms)
    }

    private fun refuses(field: String, configure: SignalConfigBuilder.() -> Unit) =
        refuses(field, SignalConfig("wss://example.org/ws", configure = configure))

    private fun refuses(field: String, config: SignalConfig) {
        SignalClient(config).use { client ->
            val failure = runBlocking { assertThrows<InvalidConfigException> { client.connect() } }
            assertEquals(field, failure.field) { "$failure" }
            assertEquals("invalid_config", failure.code)
            assertTrue(failure.message.orEmpty().startsWith("$field: ")) { "$failure" }
        }
    }

    private fun everything() = SignalConfig("wss://example.com/ws") {
        token(
            "t",
        ).rooms("r").info("i").keyField("k").serverKey("s").allowPlaintext(true).allowInsecure(true)
        header("h", "v").heartbeatInterval(21.minutes).pongTimeout(22.milliseconds)
        probeTimeout(
            23.milliseconds,
        ).dialTimeout(24.milliseconds).authenticationTimeout(25.milliseconds)
        tokenTimeout(26.milliseconds).baseInterval(27.milliseconds).maxInterval(28.milliseconds)
        backoffMultiplier(2.5).jitter(false).maxQueuedEvents(31).maxQueuedBytes(32)
        overflow(OverflowPolicy.DropOldest).maxOutboxMessages(33).maxOutboxBytes(34)
        maxPendingRequests(35).maxFrameBytes(36).maxInboundBytes(37).maxRetries(38)
        tls(
            TlsConfig(
                TlsBackend.Rustls,
                TrustAnchors.SystemAndUser,
                listOf("root"),
                listOf("pin"),
            ),
        ).proxy("http://proxy:1")
    }
}

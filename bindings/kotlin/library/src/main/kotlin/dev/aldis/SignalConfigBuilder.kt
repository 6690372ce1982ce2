package dev.aldis

import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/**
 * Makes a [SignalConfig]. Each function sets the property of the same name, which tells what it
 * means and what is allowed; durations can also be given in milliseconds. Not for use by several
 * threads at once.
 */
public class SignalConfigBuilder internal constructor(internal val url: String) {
    internal var token: String? = null
        private set

    internal var info: String = "nx-signal-e2e"
        private set

    internal var keyField: String = "clientPublicKey"
        private set

    internal var serverKey: String? = null
        private set

    internal var allowPlaintext: Boolean = false
        private set

    internal var allowInsecure: Boolean = false
        private set

    internal val rooms: MutableSet<String> = LinkedHashSet()
    internal val headers: MutableMap<String, String> = LinkedHashMap()

    internal var heartbeatInterval: Duration = 30.seconds
        private set

    internal var pongTimeout: Duration = 10.seconds
        private set

    internal var probeTimeout: Duration = 3.seconds
        private set

    internal var dialTimeout: Duration = 10.seconds
        private set

    internal var authenticationTimeout: Duration = 16.seconds
        private set

    internal var tokenTimeout: Duration = 30.seconds
        private set

    internal var baseInterval: Duration = 2.seconds
        private set

    internal var maxInterval: Duration = 30.seconds
        private set

    internal var maxRetries: Int = 20
        private set

    internal var backoffMultiplier: Double = 1.5
        private set

    internal var jitter: Boolean = true
        private set

    internal var maxQueuedEvents: Int = 1_024
        private set

    internal var maxQueuedBytes: Long = 16L shl 20
        private set

    internal var overflow: OverflowPolicy = OverflowPolicy.Backpressure
        private set

    internal var maxOutboxMessages: Int = 1_024
        private set

    internal var maxOutboxBytes: Long = 4L shl 20
        private set

    internal var maxPendingRequests: Int = 1_024
        private set

    internal var maxFrameBytes: Int = 131_072
        private set

    internal var maxInboundBytes: Int = 16 shl 20
        private set

    internal var tls: TlsConfig = TlsConfig()
        private set

    internal var proxy: String? = null
        private set

    /** Sets the token to start with. */
    public fun token(token: String?): SignalConfigBuilder = apply { this.token = token }

    /** Sets [SignalConfig.info]. */
    public fun info(info: String): SignalConfigBuilder = apply { this.info = info }

    /** Sets [SignalConfig.keyField]. */
    public fun keyField(keyField: String): SignalConfigBuilder = apply { this.keyField = keyField }

    /** Sets [SignalConfig.serverKey]. */
    public fun serverKey(serverKey: String?): SignalConfigBuilder =
        apply { this.serverKey = serverKey }

    /** Sets [SignalConfig.allowPlaintext]. */
    public fun allowPlaintext(allowPlaintext: Boolean): SignalConfigBuilder =
        apply { this.allowPlaintext = allowPlaintext }

    /** Sets [SignalConfig.allowInsecure]. */
    public fun allowInsecure(allowInsecure: Boolean): SignalConfigBuilder =
        apply { this.allowInsecure = allowInsecure }

    /** Adds to [SignalConfig.rooms]. */
    public fun rooms(vararg rooms: String): SignalConfigBuilder = rooms(rooms.asList())

    /** Adds to [SignalConfig.rooms]. */
    public fun rooms(rooms: Collection<String>): SignalConfigBuilder = apply { this.rooms += rooms }

    /** Adds to [SignalConfig.headers], in place of one with exactly the same name. */
    public fun header(name: String, value: String): SignalConfigBuilder =
        apply { headers[name] = value }

    /** Sets [SignalConfig.heartbeatInterval]. */
    public fun heartbeatInterval(heartbeatInterval: Duration): SignalConfigBuilder =
        apply { this.heartbeatInterval = heartbeatInterval }

    /** Sets [SignalConfig.heartbeatInterval] in milliseconds. */
    public fun heartbeatIntervalMillis(millis: Long): SignalConfigBuilder =
        heartbeatInterval(millis.milliseconds)

    /** Sets [SignalConfig.pongTimeout]. */
    public fun pongTimeout(pongTimeout: Duration): SignalConfigBuilder =
        apply { this.pongTimeout = pongTimeout }

    /** Sets [SignalConfig.pongTimeout] in milliseconds. */
    public fun pongTimeoutMillis(millis: Long): SignalConfigBuilder =
        pongTimeout(millis.milliseconds)

    /** Sets [SignalConfig.probeTimeout]. */
    public fun probeTimeout(probeTimeout: Duration): SignalConfigBuilder =
        apply { this.probeTimeout = probeTimeout }

    /** Sets [SignalConfig.probeTimeout] in milliseconds. */
    public fun probeTimeoutMillis(millis: Long): SignalConfigBuilder =
        probeTimeout(millis.milliseconds)

    /** Sets [SignalConfig.dialTimeout]. */
    public fun dialTimeout(dialTimeout: Duration): SignalConfigBuilder =
        apply { this.dialTimeout = dialTimeout }

    /** Sets [SignalConfig.dialTimeout] in milliseconds. */
    public fun dialTimeoutMillis(millis: Long): SignalConfigBuilder =
        dialTimeout(millis.milliseconds)

    /** Sets [SignalConfig.authenticationTimeout]. */
    public fun authenticationTimeout(authenticationTimeout: Duration): SignalConfigBuilder =
        apply { this.authenticationTimeout = authenticationTimeout }

    /** Sets [SignalConfig.authenticationTimeout] in milliseconds. */
    public fun authenticationTimeoutMillis(millis: Long): SignalConfigBuilder =
        authenticationTimeout(millis.milliseconds)

    /** Sets [SignalConfig.tokenTimeout]. */
    public fun tokenTimeout(tokenTimeout: Duration): SignalConfigBuilder =
        apply { this.tokenTimeout = tokenTimeout }

    /** Sets [SignalConfig.tokenTimeout] in milliseconds. */
    public fun tokenTimeoutMillis(millis: Long): SignalConfigBuilder =
        tokenTimeout(millis.milliseconds)

    /** Sets [SignalConfig.maxRetries]. */
    public fun maxRetries(maxRetries: Int): SignalConfigBuilder =
        apply { this.maxRetries = maxRetries }

    /** Sets [SignalConfig.baseInterval]. */
    public fun baseInterval(baseInterval: Duration): SignalConfigBuilder =
        apply { this.baseInterval = baseInterval }

    /** Sets [SignalConfig.baseInterval] in milliseconds. */
    public fun baseIntervalMillis(millis: Long): SignalConfigBuilder =
        baseInterval(millis.milliseconds)

    /** Sets [SignalConfig.backoffMultiplier]. */
    public fun backoffMultiplier(backoffMultiplier: Double): SignalConfigBuilder =
        apply { this.backoffMultiplier = backoffMultiplier }

    /** Sets [SignalConfig.maxInterval]. */
    public fun maxInterval(maxInterval: Duration): SignalConfigBuilder =
        apply { this.maxInterval = maxInterval }

    /** Sets [SignalConfig.maxInterval] in milliseconds. */
    public fun maxIntervalMillis(millis: Long): SignalConfigBuilder =
        maxInterval(millis.milliseconds)

    /** Sets [SignalConfig.jitter]. */
    public fun jitter(jitter: Boolean): SignalConfigBuilder = apply { this.jitter = jitter }

    /** Sets [SignalConfig.maxQueuedEvents]. */
    public fun maxQueuedEvents(maxQueuedEvents: Int): SignalConfigBuilder =
        apply { this.maxQueuedEvents = maxQueuedEvents }

    /** Sets [SignalConfig.maxQueuedBytes]. */
    public fun maxQueuedBytes(maxQueuedBytes: Long): SignalConfigBuilder =
        apply { this.maxQueuedBytes = maxQueuedBytes }

    /** Sets [SignalConfig.overflow]. */
    public fun overflow(overflow: OverflowPolicy): SignalConfigBuilder =
        apply { this.overflow = overflow }

    /** Sets [SignalConfig.maxOutboxMessages]. */
    public fun maxOutboxMessages(maxOutboxMessages: Int): SignalConfigBuilder =
        apply { this.maxOutboxMessages = maxOutboxMessages }

    /** Sets [SignalConfig.maxOutboxBytes]. */
    public fun maxOutboxBytes(maxOutboxBytes: Long): SignalConfigBuilder =
        apply { this.maxOutboxBytes = maxOutboxBytes }

    /** Sets [SignalConfig.maxPendingRequests]. */
    public fun maxPendingRequests(maxPendingRequests: Int): SignalConfigBuilder =
        apply { this.maxPendingRequests = maxPendingRequests }

    /** Sets [SignalConfig.maxFrameBytes]. */
    public fun maxFrameBytes(maxFrameBytes: Int): SignalConfigBuilder =
        apply { this.maxFrameBytes = maxFrameBytes }

    /** Sets [SignalConfig.maxInboundBytes]. */
    public fun maxInboundBytes(maxInboundBytes: Int): SignalConfigBuilder =
        apply { this.maxInboundBytes = maxInboundBytes }

    /** Sets [SignalConfig.tls]. */
    public fun tls(tls: TlsConfig): SignalConfigBuilder = apply { this.tls = tls }

    /** Sets [SignalConfig.proxy]. */
    public fun proxy(proxy: String?): SignalConfigBuilder = apply { this.proxy = proxy }

    /** Makes the configuration. The builder may be used further. */
    public fun build(): SignalConfig = SignalConfig(this)
}

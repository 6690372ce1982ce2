package dev.aldis

import dev.aldis.internal.withoutSecrets
import kotlin.time.Duration

/**
 * The configuration of a [SignalClient]. Everything has a default but the URL. The values are
 * checked when the client first needs the connection, which then fails with
 * [InvalidConfigException].
 *
 * ```kotlin
 * val config = SignalConfig("wss://example.org/ws") {
 *     token("secret").rooms("lobby")
 *     heartbeatInterval(20.seconds)
 * }
 * ```
 * ```java
 * SignalConfig config = SignalConfig.builder("wss://example.org/ws")
 *     .token("secret").rooms("lobby")
 *     .heartbeatIntervalMillis(20_000)
 *     .build();
 * ```
 */
public class SignalConfig internal constructor(builder: SignalConfigBuilder) {
    /**
     * Where the server is: `wss://host[:port]/path?query`, without user name and fragment. `ws://`
     * is accepted for loopback addresses only, unless [allowInsecure] is set.
     */
    public val url: String = builder.url

    /** The token to start with, where it is known. Not readable: nothing should show it. */
    internal val token: String? = builder.token

    /** Rooms to join in every session; 10,000 at most. Default: none. */
    public val rooms: Set<String> = builder.rooms.toSet()

    /**
     * HKDF `info`, which must be the same at both ends; 1 to 1,024 bytes. Default:
     * `nx-signal-e2e`.
     */
    public val info: String = builder.info

    /**
     * Name of the field of `authenticate` that carries our public key; neither `type` nor `token`.
     * Default: `clientPublicKey`.
     */
    public val keyField: String = builder.keyField

    /**
     * The server's public key in base64, where it is static and known. A server with another one
     * is refused. Default: none.
     */
    public val serverKey: String? = builder.serverKey

    /** Accept a server without encryption. Default: false. */
    public val allowPlaintext: Boolean = builder.allowPlaintext

    /**
     * Accept `ws://` to addresses beyond loopback: the token is then readable on the way. Default:
     * false.
     */
    public val allowInsecure: Boolean = builder.allowInsecure

    /** HTTP headers of the upgrade, such as `Origin` or a gateway's key. Default: none. */
    public val headers: Map<String, String> = builder.headers.toMap()

    /**
     * How often to send a heartbeat, with a ping that proves the server alive; 10 ms to 24 h.
     * Default: 30 s. The server closes after 90 s without one.
     */
    public val heartbeatInterval: Duration = builder.heartbeatInterval

    /**
     * How long after a ping the connection counts as dead if nothing comes in; 10 ms to 10 min.
     * Default: 10 s.
     */
    public val pongTimeout: Duration = builder.pongTimeout

    /**
     * How long a probe after a network hint or a sleep may take; 10 ms to 10 min. Default: 3 s.
     */
    public val probeTimeout: Duration = builder.probeTimeout

    /**
     * How long DNS, TCP, proxy, TLS and upgrade may take together; 10 ms to 10 min. Default: 10 s.
     */
    public val dialTimeout: Duration = builder.dialTimeout

    /**
     * How long the server may take to answer `authenticate`; 10 ms to 10 min. Default: 16 s, one
     * more than the server itself allows.
     */
    public val authenticationTimeout: Duration = builder.authenticationTimeout

    /** How long the [TokenProvider] may take; 10 ms to 10 min. Default: 30 s. */
    public val tokenTimeout: Duration = builder.tokenTimeout

    /**
     * Attempts in a row after the first before the client gives up, 0 or more; counted anew from
     * every authenticated session. Default: 20.
     */
    public val maxRetries: Int = builder.maxRetries

    /** Delay before the first retry; 1 ms to 1 h. Default: 2 s. */
    public val baseInterval: Duration = builder.baseInterval

    /** Factor from one delay to the next; 1 to 100. Default: 1.5. */
    public val backoffMultiplier: Double = builder.backoffMultiplier

    /** Longest delay, also where [baseInterval] is longer; 1 ms to 24 h. Default: 30 s. */
    public val maxInterval: Duration = builder.maxInterval

    /**
     * Spread every delay at random between nothing and its full length, so that the clients of a
     * server that restarts do not come back all at once. Default: true.
     */
    public val jitter: Boolean = builder.jitter

    /** Messages that may wait in the native queue; 1 to 1,000,000. Default: 1,024. */
    public val maxQueuedEvents: Int = builder.maxQueuedEvents

    /**
     * Bytes of messages that may wait in the native queue; at least 1. Default: 16 MiB. One
     * message is taken however large it is.
     */
    public val maxQueuedBytes: Long = builder.maxQueuedBytes

    /** What happens when that is exceeded. Default: [OverflowPolicy.Backpressure]. */
    public val overflow: OverflowPolicy = builder.overflow

    /** Messages that may wait to be sent; 1 to 1,000,000. Default: 1,024. */
    public val maxOutboxMessages: Int = builder.maxOutboxMessages

    /** Bytes of messages that may wait to be sent; at least 128 KiB. Default: 4 MiB. */
    public val maxOutboxBytes: Long = builder.maxOutboxBytes

    /** Requests that may wait for their replies; 1 to 1,000,000. Default: 1,024. */
    public val maxPendingRequests: Int = builder.maxPendingRequests

    /**
     * Largest message to the server in bytes on the wire; 1 KiB to 16 MiB. Default: 131,072, which
     * is the server's limit.
     */
    public val maxFrameBytes: Int = builder.maxFrameBytes

    /**
     * Largest message from the server in bytes on the wire; 1 KiB to 1 GiB. Default: 16 MiB. A
     * larger one costs the connection.
     */
    public val maxInboundBytes: Int = builder.maxInboundBytes

    /** How TLS is done. */
    public val tls: TlsConfig = builder.tls

    /**
     * An HTTP proxy that connects by CONNECT: `http://[user:password@]host:port`, or `https://…`.
     * Default: none.
     */
    public val proxy: String? = builder.proxy

    private fun identity(): List<Any?> = listOf(
        url, token, rooms, info, keyField, serverKey, allowPlaintext, allowInsecure, headers,
        heartbeatInterval, pongTimeout, probeTimeout, dialTimeout, authenticationTimeout,
        tokenTimeout, maxRetries, baseInterval, backoffMultiplier, maxInterval, jitter,
        maxQueuedEvents, maxQueuedBytes, overflow, maxOutboxMessages, maxOutboxBytes,
        maxPendingRequests, maxFrameBytes, maxInboundBytes, tls, proxy,
    )

    /** Whether all values are the same, the token included. */
    override fun equals(other: Any?): Boolean =
        this === other || (other is SignalConfig && identity() == other.identity())

    /** Goes with [equals]. */
    override fun hashCode(): Int = identity().hashCode()

    /** Without what may be secret: token, the URL's query, values of headers, proxy's password. */
    override fun toString(): String =
        "SignalConfig(url=${withoutSecrets(url)}, token=${if (token == null) "none" else "…"}, " +
            "rooms=$rooms, headers=${headers.keys}, tls=$tls, " +
            "proxy=${proxy?.let(::withoutSecrets)}, …)"

    /** Makes builders. */
    public companion object {
        /** Begins a configuration for the server at [url]; see [SignalConfig.url]. */
        @JvmStatic
        public fun builder(url: String): SignalConfigBuilder = SignalConfigBuilder(url)
    }
}

/**
 * Makes a configuration for the server at [url]; see [SignalConfig.url]. What most apps set has a
 * parameter, [configure] sets the rest.
 *
 * @param token the token to start with, where it is known.
 * @param rooms rooms to join in every session.
 */
public fun SignalConfig(
    url: String,
    token: String? = null,
    rooms: Collection<String> = emptyList(),
    configure: SignalConfigBuilder.() -> Unit = {},
): SignalConfig = SignalConfigBuilder(url)
    .token(token)
    .rooms(rooms)
    .apply(configure)
    .build()

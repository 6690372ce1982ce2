package dev.aldis

import kotlin.time.Duration

/**
 * Where the connection stands.
 *
 * ```text
 * disconnected ─▶ connecting ─▶ connected ─▶ authenticating ─▶ authenticated
 *      ▲              ▲  └───────────┴───────────────┴───────────────┤
 *      │              └──────────── reconnecting ◀───────────────────┘
 *      └── disconnect, refused for good, or out of retries
 * ```
 */
public sealed interface ConnectionState {
    /** The name of the state in lower case, as every face of Aldis spells it. */
    public val name: String

    /**
     * Nothing is attempted: not started, disconnected by the host, or given up.
     *
     * @property reason why; null before the first attempt.
     */
    public data class Disconnected(public val reason: CloseReason? = null) : ConnectionState {
        override val name: String get() = "disconnected"
    }

    /** DNS, TCP, proxy, TLS and the WebSocket upgrade are under way. */
    public data object Connecting : ConnectionState {
        override val name: String get() = "connecting"
    }

    /** The WebSocket is open. */
    public data object Connected : ConnectionState {
        override val name: String get() = "connected"
    }

    /** The token and the public key are sent; the server's answer is awaited. */
    public data object Authenticating : ConnectionState {
        override val name: String get() = "authenticating"
    }

    /**
     * Messages flow.
     *
     * @property session who the server says we are.
     */
    public data class Authenticated(public val session: Session) : ConnectionState {
        override val name: String get() = "authenticated"
    }

    /**
     * The connection was lost, or an attempt failed; the next one waits for its time or for a
     * network.
     *
     * @property reason why the last connection or attempt ended.
     * @property attempt which attempt comes next, counted from the last time that a session was
     * authenticated.
     * @property retryIn how long from the beginning of this state until that attempt; null while
     * there is no network.
     */
    public data class Reconnecting(
        public val reason: CloseReason?,
        public val attempt: Int,
        public val retryIn: Duration?,
    ) : ConnectionState {
        override val name: String get() = "reconnecting"

        /** [retryIn] in milliseconds, for Java. */
        public val retryInMillis: Long? get() = retryIn?.inWholeMilliseconds
    }
}

package dev.aldis

import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/**
 * A snapshot of what the client has counted since it was made. The numbers are read one by one, so
 * they may be of slightly different moments.
 *
 * @property state the name of the state now, see [ConnectionState.name].
 * @property connectedForMillis how long the session has been authenticated, in milliseconds.
 * @property rttMillis the last round trip that a ping of this session measured, in milliseconds.
 * @property attempts attempts to connect.
 * @property sessions sessions that were authenticated; the reconnects are one fewer.
 * @property messagesReceived messages delivered to the native queue, replies included.
 * @property messagesSent messages handed to the connection, requests included.
 * @property framesReceived WebSocket messages received, of any kind.
 * @property framesSent WebSocket messages handed to the connection, of any kind.
 * @property bytesReceived their payload in bytes.
 * @property bytesSent their payload in bytes.
 * @property dropped frames that were dropped on purpose.
 * @property lagged events that [SignalConfig.overflow] dropped.
 * @property expired messages whose time to live ran out.
 * @property unsent messages that were accepted and that a lost connection kept from being sent.
 * @property queuedEvents events in the native queue.
 * @property queuedBytes their messages in bytes.
 * @property outboxMessages messages that wait to be sent.
 * @property outboxBytes those in bytes.
 * @property listenerFailures calls from the native side that failed in this library; none, unless
 * there is a bug.
 * @property lastClose why the last connection, or the last attempt, ended.
 */
@ConsistentCopyVisibility
public data class Stats internal constructor(
    public val state: String,
    public val connectedForMillis: Long?,
    public val rttMillis: Double?,
    public val attempts: Long,
    public val sessions: Long,
    public val messagesReceived: Long,
    public val messagesSent: Long,
    public val framesReceived: Long,
    public val framesSent: Long,
    public val bytesReceived: Long,
    public val bytesSent: Long,
    public val dropped: DropCounts,
    public val lagged: Long,
    public val expired: Long,
    public val unsent: Long,
    public val queuedEvents: Long,
    public val queuedBytes: Long,
    public val outboxMessages: Long,
    public val outboxBytes: Long,
    public val listenerFailures: Long,
    public val lastClose: CloseReason?,
) {
    /** How long the session has been authenticated; null while none is. */
    public val connectedFor: Duration? get() = connectedForMillis?.milliseconds

    /** The last round trip that a ping of this session measured; null before the first one. */
    public val rtt: Duration? get() = rttMillis?.milliseconds
}

/**
 * Frames that were dropped on purpose, by reason. The first one of each reason on a connection is
 * also told by a [SignalReport.Problem].
 *
 * @property beforeConnected they came before the session was open.
 * @property plaintext they were plaintext in an encrypted session.
 * @property reflected they were frames of our own that came back.
 * @property replayed they were received before.
 * @property malformed they are not messages of the protocol.
 * @property binary they were binary, which the protocol does not know from a server.
 */
@ConsistentCopyVisibility
public data class DropCounts internal constructor(
    public val beforeConnected: Long,
    public val plaintext: Long,
    public val reflected: Long,
    public val replayed: Long,
    public val malformed: Long,
    public val binary: Long,
) {
    /** All of them together. */
    public val total: Long
        get() = beforeConnected + plaintext + reflected + replayed + malformed + binary
}

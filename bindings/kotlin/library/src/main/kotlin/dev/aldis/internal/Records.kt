package dev.aldis.internal

import dev.aldis.CloseReason
import dev.aldis.ConnectionState
import dev.aldis.DropCounts
import dev.aldis.Message
import dev.aldis.Session
import dev.aldis.SignalReport
import dev.aldis.Stats
import dev.aldis.TokenRequest
import kotlin.time.Duration.Companion.milliseconds
import dev.aldis.ffi.CloseReason as NativeCloseReason
import dev.aldis.ffi.ConnectionState as NativeState
import dev.aldis.ffi.DropCounts as NativeDropCounts
import dev.aldis.ffi.Message as NativeMessage
import dev.aldis.ffi.Session as NativeSession
import dev.aldis.ffi.SignalError as NativeError
import dev.aldis.ffi.StateChange as NativeStateChange
import dev.aldis.ffi.Stats as NativeStats
import dev.aldis.ffi.TokenRequest as NativeTokenRequest

internal fun NativeCloseReason.toPublic() = CloseReason(code, message, advice, closeCode)

internal fun NativeSession.toPublic() = Session(clientId, userId, serverTime, encrypted)

internal fun NativeMessage.toPublic() = Message(event, data, id)

internal fun NativeError.toPublic(): SignalReport = SignalReport.Problem(code, message)

internal fun NativeTokenRequest.toPublic() = when (this) {
    NativeTokenRequest.INITIAL -> TokenRequest.Initial
    NativeTokenRequest.REFUSED -> TokenRequest.Refused
}

/** The state, whole; null for an authenticated one whose [session] is not known. */
internal fun NativeStateChange.toPublic(session: NativeSession?): ConnectionState? = when (state) {
    NativeState.DISCONNECTED -> {
        ConnectionState.Disconnected(reason?.toPublic())
    }

    NativeState.CONNECTING -> {
        ConnectionState.Connecting
    }

    NativeState.CONNECTED -> {
        ConnectionState.Connected
    }

    NativeState.AUTHENTICATING -> {
        ConnectionState.Authenticating
    }

    NativeState.AUTHENTICATED -> {
        session?.let { ConnectionState.Authenticated(it.toPublic()) }
    }

    NativeState.RECONNECTING -> {
        ConnectionState.Reconnecting(reason?.toPublic(), attempt, retryInMs?.milliseconds)
    }
}

internal fun NativeStats.toPublic() = Stats(
    state = state.name.lowercase(),
    connectedForMillis = connectedForMs,
    rttMillis = rttMs,
    attempts = attempts,
    sessions = sessions,
    messagesReceived = messagesReceived,
    messagesSent = messagesSent,
    framesReceived = framesReceived,
    framesSent = framesSent,
    bytesReceived = bytesReceived,
    bytesSent = bytesSent,
    dropped = dropped.toPublic(),
    lagged = lagged,
    expired = expired,
    unsent = unsent,
    queuedEvents = queuedEvents,
    queuedBytes = queuedBytes,
    outboxMessages = outboxMessages,
    outboxBytes = outboxBytes,
    listenerFailures = listenerFailures,
    lastClose = lastClose?.toPublic(),
)

private fun NativeDropCounts.toPublic() =
    DropCounts(beforeConnected, plaintext, reflected, replayed, malformed, binary)

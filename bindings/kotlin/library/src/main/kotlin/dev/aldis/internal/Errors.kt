package dev.aldis.internal

import dev.aldis.ClientClosedException
import dev.aldis.ConnectCancelledException
import dev.aldis.ConnectFailedException
import dev.aldis.InternalErrorException
import dev.aldis.InvalidConfigException
import dev.aldis.InvalidTokenException
import dev.aldis.RequestException
import dev.aldis.RoomException
import dev.aldis.SendException
import dev.aldis.SignalException
import kotlin.coroutines.cancellation.CancellationException
import dev.aldis.ffi.ConfigException as NativeConfigException
import dev.aldis.ffi.ConnectException as NativeConnectException
import dev.aldis.ffi.InternalException as NativeInternalException
import dev.aldis.ffi.RequestException as NativeRequestException
import dev.aldis.ffi.RoomException as NativeRoomException
import dev.aldis.ffi.SendException as NativeSendException
import dev.aldis.ffi.TokenException as NativeTokenException

/** Calls the native side, and throws what it throws as public exceptions. */
internal inline fun <T> translating(call: () -> T): T = try {
    call()
} catch (e: CancellationException) {
    throw e
} catch (e: Exception) {
    throw e.translated()
}

internal fun Exception.translated(): SignalException = when (this) {
    is SignalException -> this

    is NativeConfigException -> translated()

    is NativeConnectException -> translated()

    is NativeSendException -> translated() ?: ClientClosedException()

    is NativeRequestException -> translated()

    is NativeRoomException -> translated()

    is NativeTokenException -> translated()

    // Thrown by the generated code alone, where the object was destroyed meanwhile.
    is IllegalStateException -> ClientClosedException()

    is NativeInternalException -> InternalErrorException(message.orEmpty())

    else -> InternalErrorException(toString(), cause = this)
}

private fun NativeConfigException.translated() = when (this) {
    is NativeConfigException.Invalid -> InvalidConfigException(camelCase(field), detail)
    is NativeConfigException.NoThreads -> InternalErrorException(detail, code)
}

private fun NativeConnectException.translated() = when (this) {
    is NativeConnectException.Failed -> ConnectFailedException(reason.toPublic())
    is NativeConnectException.Cancelled -> ConnectCancelledException(detail)
    is NativeConnectException.Closed -> ClientClosedException()
}

/** Null where the client was closed. */
private fun NativeSendException.translated(): SendException? = when (this) {
    is NativeSendException.NotConnected -> SendException.NotConnected(detail)
    is NativeSendException.OutboxFull -> SendException.OutboxFull(detail, messages, bytes)
    is NativeSendException.TooLarge -> SendException.MessageTooLarge(detail, size, limit)
    is NativeSendException.InvalidEvent -> SendException.InvalidEvent(detail, code)
    is NativeSendException.NotJson -> SendException.InvalidPayload(detail)
    is NativeSendException.InvalidTtl -> SendException.InvalidTtl(detail)
    is NativeSendException.Closed -> null
}

private fun NativeRequestException.translated() = when (this) {
    is NativeRequestException.NotSent -> notSent(error.translated())
    is NativeRequestException.TimedOut -> RequestException.TimedOut(detail)
    is NativeRequestException.ConnectionLost -> RequestException.ConnectionLost(detail)
    is NativeRequestException.Refused -> RequestException.Refused(detail, reply.toPublic())
    is NativeRequestException.TooManyRequests -> RequestException.TooMany(detail)
    is NativeRequestException.InvalidTimeout -> RequestException.InvalidTimeout(detail)
    is NativeRequestException.Closed -> ClientClosedException()
}

private fun notSent(reason: SendException?) =
    if (reason == null) ClientClosedException() else RequestException.NotSent(reason)

private fun NativeRoomException.translated() = when (this) {
    is NativeRoomException.InvalidName -> RoomException.InvalidName(detail, code, name)
    is NativeRoomException.TooMany -> RoomException.TooMany(detail)
    is NativeRoomException.OutboxFull -> RoomException.OutboxFull(detail)
    is NativeRoomException.Closed -> ClientClosedException()
}

private fun NativeTokenException.translated() = when (this) {
    is NativeTokenException.Empty -> InvalidTokenException(detail, code)
    is NativeTokenException.Closed -> ClientClosedException()
}

/** The name of a setting as Kotlin spells it: `tls.extraRoots` for `tls.extra_roots`. */
private fun camelCase(field: String): String =
    field.split('_').reduce { name, word -> name + word.replaceFirstChar(Char::uppercaseChar) }

package dev.aldis

/**
 * What the operations of a client fail with. Messages say what was wrong and what is allowed, and
 * contain no token, no key and no payload. They are unchecked, for the sake of Java.
 */
public sealed class SignalException(message: String, cause: Throwable? = null) :
    RuntimeException(message, cause) {
    /** A stable name of the error for programs, the same in every face of Aldis. */
    public abstract val code: String
}

/**
 * A setting cannot be used. The first call that needs the connection fails with it, and so does
 * every later one.
 *
 * @property field the property of [SignalConfig], dotted where it is nested (`tls.pins`).
 */
public class InvalidConfigException(public val field: String, rule: String) :
    SignalException("$field: $rule") {
    override val code: String get() = "invalid_config"
}

/**
 * [SignalClient.connect] did not end in a session: it cannot work, or was tried often enough. The
 * client is disconnected.
 *
 * @property reason why; its [CloseReason.advice] says what can be done.
 */
public class ConnectFailedException internal constructor(public val reason: CloseReason) :
    SignalException(reason.message) {
        override val code: String get() = reason.code
    }

/** [SignalClient.disconnect] was called before the connection stood. */
public class ConnectCancelledException internal constructor(message: String) :
    SignalException(message) {
        override val code: String get() = "cancelled"
    }

/** A message was not taken for sending. */
public sealed class SendException(message: String, final override val code: String) :
    SignalException(message) {
    /** There is no session, and the message has no time to live in which it could wait. */
    public class NotConnected internal constructor(message: String) :
        SendException(message, "not_connected")

    /**
     * The network does not take messages as fast as they come. The functions that suspend wait
     * instead, and throw this only for a message that the empty outbox has no room for.
     *
     * @property messages messages that wait.
     * @property bytes bytes that wait.
     */
    public class OutboxFull internal constructor(
        message: String,
        public val messages: Long,
        public val bytes: Long,
    ) : SendException(message, "outbox_full")

    /**
     * The message would exceed the server's limit, and cost the connection.
     *
     * @property size bytes of the message as JSON, envelope included.
     * @property limit bytes that are allowed; see [SignalConfig.maxFrameBytes].
     */
    public class MessageTooLarge internal constructor(
        message: String,
        public val size: Long,
        public val limit: Long,
    ) : SendException(message, "message_too_large")

    /**
     * The event's name is empty (`event_name_empty`), belongs to the protocol
     * (`event_name_reserved`), or has half a surrogate pair (`event_name_not_unicode`).
     */
    public class InvalidEvent internal constructor(message: String, code: String) :
        SendException(message, code)

    /**
     * The payload is not JSON, or has half a surrogate pair, which UTF-8 cannot carry
     * (`payload_not_json`).
     */
    public class InvalidPayload internal constructor(message: String) :
        SendException(message, "payload_not_json")

    /** The time to live is shorter than 1 ms, or longer than 24 h. */
    public class InvalidTtl internal constructor(message: String) :
        SendException(message, "invalid_ttl")
}

/** A request got no reply. */
public sealed class RequestException(
    message: String,
    final override val code: String,
    cause: Throwable? = null,
) : SignalException(message, cause) {
    /**
     * The request was not sent. The [code] is that of the reason.
     *
     * @property reason why.
     */
    public class NotSent internal constructor(public val reason: SendException) :
        RequestException(reason.message.orEmpty(), reason.code, reason)

    /** No reply came in time. */
    public class TimedOut internal constructor(message: String) :
        RequestException(message, "request_timed_out")

    /** The connection ended before the reply. Whether the server acted is unknown. */
    public class ConnectionLost internal constructor(message: String) :
        RequestException(message, "request_connection_lost")

    /**
     * The server answered with the event `error`.
     *
     * @property reply the whole answer.
     */
    public class Refused internal constructor(message: String, public val reply: Message) :
        RequestException(message, "request_refused")

    /** Too many requests wait for replies; see [SignalConfig.maxPendingRequests]. */
    public class TooMany internal constructor(message: String) :
        RequestException(message, "too_many_requests")

    /** The timeout is shorter than 1 ms, or longer than 24 h. */
    public class InvalidTimeout internal constructor(message: String) :
        RequestException(message, "invalid_timeout")
}

/** Rooms were not taken. None of the list is joined or left then. */
public sealed class RoomException(message: String, final override val code: String) :
    SignalException(message) {
    /**
     * A name cannot be a room's. Names have 1 to 256 UTF-16 units and do not start with `ws:`.
     *
     * @property name the refused name.
     */
    public class InvalidName internal constructor(
        message: String,
        code: String,
        public val name: String,
    ) : RoomException(message, code)

    /** The client would be in more than 10,000 rooms. */
    public class TooMany internal constructor(message: String) :
        RoomException(message, "too_many_rooms")

    /** The network does not take messages as fast as they come: try again later. */
    public class OutboxFull internal constructor(message: String) :
        RoomException(message, "outbox_full")
}

/** A token is empty (`token_empty`), or has half a surrogate pair (`token_not_unicode`). */
public class InvalidTokenException internal constructor(
    message: String,
    override val code: String,
) : SignalException(message)

/**
 * A payload is not of the type that it was to be read as. The message names the event, the type
 * and the kind of the problem.
 *
 * @property event the event of the message.
 */
public class UndecodablePayloadException internal constructor(
    public val event: String,
    problem: String,
) : SignalException("the payload of `$event` is $problem") {
    override val code: String get() = "payload_undecodable"
}

/** The client was closed. */
public class ClientClosedException internal constructor() :
    SignalException("the client was closed; make a new one") {
        override val code: String get() = "client_closed"
    }

/**
 * The native library could not be loaded.
 *
 * @property tried each place that was tried, and why it did not do.
 */
public class NativeLibraryException internal constructor(
    message: String,
    public val tried: List<String>,
    cause: Throwable?,
) : SignalException(message, cause) {
    override val code: String get() = "native_library"
}

/**
 * Something inside Aldis failed (`internal`; please report it), or the system gives no more
 * threads (`no_threads`).
 */
public class InternalErrorException internal constructor(
    message: String,
    override val code: String = "internal",
    cause: Throwable? = null,
) : SignalException(message, cause)

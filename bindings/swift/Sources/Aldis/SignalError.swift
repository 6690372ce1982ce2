import Foundation

/// What the operations of a client fail with: an enum for each kind of operation. Messages say what
/// was wrong and what is allowed, and contain no token, no key and no payload.
///
/// A call whose task is cancelled throws `CancellationError` instead.
///
/// ```swift
/// do {
///     try await client.connect()
/// } catch let error as ConnectError {
///     show(error.localizedDescription)   // or switch over it
/// }
/// ```
public protocol SignalError: LocalizedError, Sendable, CustomStringConvertible {
    /// A stable name of the error for programs, the same in every face of Aldis.
    var code: String { get }

    /// What was wrong and what is allowed, for people.
    var message: String { get }
}

extension SignalError {
    /// The same as ``message``.
    public var errorDescription: String? { message }

    /// The code and the message.
    public var description: String { "\(code): \(message)" }
}

/// The code and the words of everything that fails because the client was closed.
private let closed = (code: "client_closed", message: "the client was closed; make a new one")

/// Why a client cannot be made.
public enum ConfigError: SignalError, Hashable {
    /// A setting cannot be used.
    ///
    /// - Parameters:
    ///   - field: the property of ``SignalConfig``, dotted where it is nested (`tls.pins`).
    ///   - rule: what is wrong and what is allowed.
    case invalid(field: String, rule: String)

    /// The system gives no more threads.
    case noThreads(message: String)

    /// See ``SignalError/code``.
    public var code: String {
        switch self {
        case .invalid: "invalid_config"
        case .noThreads: "no_threads"
        }
    }

    /// See ``SignalError/message``.
    public var message: String {
        switch self {
        case .invalid(let field, let rule): "\(field): \(rule)"
        case .noThreads(let message): message
        }
    }
}

/// Why ``SignalClient/connect()`` did not end in a session.
public enum ConnectError: SignalError, Hashable {
    /// It cannot work, or was tried often enough; the client is disconnected. The reason's
    /// ``CloseReason/advice`` says what can be done.
    case failed(CloseReason)

    /// ``SignalClient/disconnect()`` was called before the connection stood.
    case disconnected

    /// The client was closed.
    case closed

    /// See ``SignalError/code``.
    public var code: String {
        switch self {
        case .failed(let reason): reason.code
        case .disconnected: "cancelled"
        case .closed: Aldis.closed.code
        }
    }

    /// See ``SignalError/message``.
    public var message: String {
        switch self {
        case .failed(let reason): reason.message
        case .disconnected: "disconnect was called before the connection stood"
        case .closed: Aldis.closed.message
        }
    }

    /// ``CloseReason/advice``.
    public var recoverySuggestion: String? {
        if case .failed(let reason) = self { reason.advice } else { nil }
    }
}

/// Why a message was not taken for sending.
public enum SendError: SignalError, Hashable {
    /// There is no session, and the message has no time to live in which it could wait.
    case notConnected(message: String)

    /// The network does not take messages as fast as they come: so many wait, and so many bytes.
    /// The functions that are `async` wait instead, and throw this only for a message that the
    /// empty outbox has no room for.
    case outboxFull(messages: Int, bytes: Int, message: String)

    /// The message would exceed the server's limit, and cost the connection. Both are bytes of the
    /// message as JSON, envelope included; see ``SignalConfig/maxFrameBytes``.
    case messageTooLarge(size: Int, limit: Int, message: String)

    /// The event's name is empty (`event_name_empty`) or belongs to the protocol
    /// (`event_name_reserved`).
    case invalidEvent(code: String, message: String)

    /// The payload is not JSON.
    case invalidPayload(message: String)

    /// The time to live is shorter than 1 ms, or longer than 24 h.
    case invalidTimeToLive(message: String)

    /// The client was closed.
    case closed

    /// See ``SignalError/code``.
    public var code: String {
        switch self {
        case .notConnected: "not_connected"
        case .outboxFull: "outbox_full"
        case .messageTooLarge: "message_too_large"
        case .invalidEvent(let code, _): code
        case .invalidPayload: "payload_not_json"
        case .invalidTimeToLive: "invalid_ttl"
        case .closed: Aldis.closed.code
        }
    }

    /// See ``SignalError/message``.
    public var message: String {
        switch self {
        case .notConnected(let message), .outboxFull(_, _, let message),
            .messageTooLarge(_, _, let message), .invalidEvent(_, let message),
            .invalidPayload(let message), .invalidTimeToLive(let message):
            message
        case .closed: Aldis.closed.message
        }
    }
}

/// Why a request got no reply.
public enum RequestError: SignalError, Hashable {
    /// The request was not sent.
    case notSent(SendError)

    /// No reply came in time.
    case timedOut(message: String)

    /// The connection ended before the reply. Whether the server acted is unknown.
    case connectionLost(message: String)

    /// The server answered with the event `error`, and this is the whole answer.
    case refused(reply: Message, message: String)

    /// Too many requests wait for replies; see ``SignalConfig/maxPendingRequests``.
    case tooMany(message: String)

    /// The timeout is shorter than 1 ms, or longer than 24 h.
    case invalidTimeout(message: String)

    /// The client was closed.
    case closed

    /// See ``SignalError/code``.
    public var code: String {
        switch self {
        case .notSent(let error): error.code
        case .timedOut: "request_timed_out"
        case .connectionLost: "request_connection_lost"
        case .refused: "request_refused"
        case .tooMany: "too_many_requests"
        case .invalidTimeout: "invalid_timeout"
        case .closed: Aldis.closed.code
        }
    }

    /// See ``SignalError/message``.
    public var message: String {
        switch self {
        case .notSent(let error): error.message
        case .timedOut(let message), .connectionLost(let message), .refused(_, let message),
            .tooMany(let message), .invalidTimeout(let message):
            message
        case .closed: Aldis.closed.message
        }
    }
}

/// Why rooms were not taken. None of the list is joined or left then.
public enum RoomError: SignalError, Hashable {
    /// A name cannot be a room's. Names have 1 to 256 UTF-16 units and do not start with `ws:`.
    case invalidName(String, code: String, message: String)

    /// The client would be in more than 10,000 rooms.
    case tooMany(message: String)

    /// The network does not take messages as fast as they come: try again later.
    case outboxFull(message: String)

    /// The client was closed.
    case closed

    /// See ``SignalError/code``.
    public var code: String {
        switch self {
        case .invalidName(_, let code, _): code
        case .tooMany: "too_many_rooms"
        case .outboxFull: "outbox_full"
        case .closed: Aldis.closed.code
        }
    }

    /// See ``SignalError/message``.
    public var message: String {
        switch self {
        case .invalidName(_, _, let message), .tooMany(let message), .outboxFull(let message):
            message
        case .closed: Aldis.closed.message
        }
    }
}

/// Why a token was not taken.
public enum TokenError: SignalError, Hashable {
    /// It is empty.
    case empty(message: String)

    /// The client was closed.
    case closed

    /// See ``SignalError/code``.
    public var code: String {
        switch self {
        case .empty: "token_empty"
        case .closed: Aldis.closed.code
        }
    }

    /// See ``SignalError/message``.
    public var message: String {
        switch self {
        case .empty(let message): message
        case .closed: Aldis.closed.message
        }
    }
}

/// Why a payload could not be read.
public enum PayloadError: SignalError, Hashable {
    /// It is not of the type that it was to be read as. The problem names the type and the kind of
    /// the fault, and quotes nothing.
    case undecodable(event: String, problem: String)

    /// See ``SignalError/code``.
    public var code: String { "payload_undecodable" }

    /// See ``SignalError/message``.
    public var message: String {
        switch self {
        case .undecodable(let event, let problem): "the payload of `\(event)` is \(problem)"
        }
    }
}

/// Something inside Aldis failed; please report it.
public enum InternalError: SignalError, Hashable {
    /// What is known of it.
    case failed(message: String)

    /// See ``SignalError/code``.
    public var code: String { "internal" }

    /// See ``SignalError/message``.
    public var message: String {
        switch self {
        case .failed(let message): message
        }
    }
}

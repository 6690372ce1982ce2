import AldisFFI
import Foundation

/// Calls the native side, and throws what it throws as public errors.
func translating<Result>(_ call: () throws -> Result) throws -> Result {
    do { return try call() } catch { throw translated(error) }
}

/// The same for a call that waits.
func translating<Result>(_ call: () async throws -> Result) async throws -> Result {
    do { return try await call() } catch { throw translated(error) }
}

private func translated(_ error: any Error) -> any Error {
    switch error {
    case is CancellationError, is any SignalError: error
    case let error as AldisFFI.ConfigError: ConfigError(error)
    case let error as AldisFFI.ConnectError: ConnectError(error)
    case let error as AldisFFI.SendError: SendError(error)
    case let error as AldisFFI.RequestError: RequestError(error)
    case let error as AldisFFI.RoomError: RoomError(error)
    case let error as AldisFFI.TokenError: TokenError(error)
    default: InternalError.failed(message: String(describing: error))
    }
}

extension ConfigError {
    fileprivate init(_ error: AldisFFI.ConfigError) {
        switch error {
        case .Invalid(_, let field, let detail):
            self = .invalid(field: swiftName(field), rule: detail)
        case .NoThreads(_, let detail): self = .noThreads(message: detail)
        }
    }
}

extension ConnectError {
    fileprivate init(_ error: AldisFFI.ConnectError) {
        switch error {
        case .Failed(let reason): self = .failed(CloseReason(reason))
        case .Cancelled: self = .disconnected
        case .Closed: self = .closed
        }
    }
}

extension SendError {
    fileprivate init(_ error: AldisFFI.SendError) {
        switch error {
        case .NotConnected(_, let detail, _): self = .notConnected(message: detail)
        case .OutboxFull(_, let detail, let messages, let bytes):
            self = .outboxFull(
                messages: Int(clamping: messages),
                bytes: Int(clamping: bytes),
                message: detail
            )
        case .TooLarge(_, let detail, let size, let limit):
            self = .messageTooLarge(
                size: Int(clamping: size),
                limit: Int(clamping: limit),
                message: detail
            )
        case .InvalidEvent(let code, let detail): self = .invalidEvent(code: code, message: detail)
        case .NotJson(_, let detail): self = .invalidPayload(message: detail)
        case .InvalidTtl(_, let detail): self = .invalidTimeToLive(message: detail)
        case .Closed: self = .closed
        }
    }
}

extension RequestError {
    fileprivate init(_ error: AldisFFI.RequestError) {
        switch error {
        case .NotSent(.Closed), .Closed: self = .closed
        case .NotSent(let error): self = .notSent(SendError(error))
        case .TimedOut(_, let detail, _): self = .timedOut(message: detail)
        case .ConnectionLost(_, let detail): self = .connectionLost(message: detail)
        case .Refused(_, let detail, let reply):
            self = .refused(reply: Message(reply), message: detail)
        case .TooManyRequests(_, let detail): self = .tooMany(message: detail)
        case .InvalidTimeout(_, let detail): self = .invalidTimeout(message: detail)
        }
    }
}

extension RoomError {
    fileprivate init(_ error: AldisFFI.RoomError) {
        switch error {
        case .InvalidName(let code, let detail, let name):
            self = .invalidName(name, code: code, message: detail)
        case .TooMany(_, let detail): self = .tooMany(message: detail)
        case .OutboxFull(_, let detail): self = .outboxFull(message: detail)
        case .Closed: self = .closed
        }
    }
}

extension TokenError {
    fileprivate init(_ error: AldisFFI.TokenError) {
        switch error {
        case .Empty(_, let detail): self = .empty(message: detail)
        case .Closed: self = .closed
        }
    }
}

/// The name of a setting as Swift spells it: `tls.extraRoots` for `tls.extra_roots`.
private func swiftName(_ field: String) -> String {
    switch field {
    case "allow_plaintext": return "allowsPlaintext"
    case "allow_insecure": return "allowsInsecure"
    case "jitter": return "usesJitter"
    default:
        let words = field.split(separator: "_")
        return words.dropFirst().reduce(String(words.first ?? "")) { $0 + $1.capitalized }
    }
}

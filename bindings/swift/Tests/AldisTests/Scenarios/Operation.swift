import Aldis

/// What an operation that succeeded has to tell.
enum Done: Sendable {
    case nothing
    case session(Session)
    case reply(Message)
}

/// How an operation ended.
typealias Outcome = Result<Done, any Error>

extension SignalClient {
    /// Does what a step tells a client to do.
    func perform(_ step: Step, _ names: Names) async throws -> Done {
        switch try step.read("do", as: String.self) {
        case "connect": return .session(try await connect())
        case "disconnect": await disconnect()
        case "send":
            try await sendJSON(
                step.payload(names),
                named: step.read("event"),
                timeToLive: step.duration("ttl_ms")
            )
        case "try_send":
            try trySendJSON(
                step.payload(names),
                named: step.read("event"),
                timeToLive: step.duration("ttl_ms")
            )
        case "request":
            let reply = try await requestJSON(
                step.payload(names),
                named: step.read("event"),
                timeout: step.duration("timeout_ms") ?? .seconds(60)
            )
            return .reply(reply)
        case "join": try await join(step.read("rooms", as: [String].self))
        case "leave": try await leave(step.read("rooms", as: [String].self))
        case "update_token": try updateToken(step.read("token"))
        case "close": close()
        case "network_lost": networkLost()
        case "network_available": networkAvailable()
        case "suspended": suspended()
        case "resumed": resumed()
        case let other: throw Mismatch("there is no step \(other)")
        }
        return .nothing
    }
}

extension Step {
    fileprivate func payload(_ names: Names) throws -> String {
        try Payload(asWritten: self["data"] ?? .null).json(names)
    }

    /// Fails unless an operation ended as the step wants it; returns how it ended.
    func judge(_ outcome: Outcome, _ names: inout Names) throws -> JSON {
        var told: [String: JSON] = [:]
        var reply: Message?
        switch outcome {
        case .success(let done):
            if let code = self["fails"] { throw Mismatch("it was to fail with \(code)") }
            switch done {
            case .nothing: break
            case .session(let session):
                try require(session, &names)
                return session.json
            case .reply(let message):
                told["event"] = .text(message.event)
                reply = message
            }
        case .failure(let error):
            guard let error = error as? any SignalError, self["fails"] != nil else { throw error }
            told["fails"] = .text(error.code)
            try require("fails", of: .object(told))
            if case RequestError.refused(let refusal, _) = error { reply = refusal }
        }
        if let expected = self["reply"] {
            guard let reply else { throw Mismatch("there is no reply") }
            try Payload(asWritten: expected).require(reply.json, names)
            told["reply"] = expected
        }
        return .object(told)
    }
}

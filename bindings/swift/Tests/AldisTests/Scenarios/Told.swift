import Aldis

/// What a client told.
enum Told: Sendable {
    case state(ConnectionState)
    case session(Session)
    case message(Message)
    case report(SignalReport)

    /// Whether this is what a step looks for. Fails if it may not be passed over, or is not as the
    /// step wants it.
    func isFound(by step: Step, _ names: inout Names) throws -> Bool {
        switch (try step.read("do", as: String.self), self) {
        case ("expect_state", .state(let state)):
            guard JSON.text(state.name) == step["state"] else { return false }
            try step.require("reason", "close_code", "attempt", "retry_in_ms", of: state.json)
        case ("expect_session", .session(let session)):
            try step.require(session, &names)
        case ("expect_message", .message(let message)):
            try step.require("event", of: ["event": .text(message.event)])
            if let data = step["data"] {
                try Payload(asWritten: data).require(message.json, names)
            }
        case ("expect_error", .report(let report)):
            try step.require("code", of: ["code": .text(report.code)])
        case (_, .state), (_, .session): return false
        case (_, .message(let message)):
            throw Mismatch("nobody expected \(message.event): \(message.json)")
        case (_, .report(let report)):
            throw Mismatch("nobody expected \(report.code): \(report.message)")
        }
        return true
    }

    /// As it is written down; a message with the payload of the step that looked for it.
    func json(data: JSON?) -> JSON {
        switch self {
        case .state(let state): return state.json
        case .session(let session): return ["session": session.json]
        case .message(let message):
            var told: [String: JSON] = ["event": .text(message.event)]
            told["data"] = data
            return ["message": .object(told)]
        case .report(let report): return ["error": .text(report.code)]
        }
    }
}

extension Step {
    /// Fails if a session is another one.
    func require(_ session: Session, _ names: inout Names) throws {
        try require("user_id", "encrypted", of: session.json)
        if let name = self["client_id"] { try names.bind(name.read(), to: session.clientID) }
    }
}

extension Session {
    var json: JSON {
        ["user_id": userID.map(JSON.text) ?? .null, "encrypted": .bool(isEncrypted)]
    }
}

extension ConnectionState {
    fileprivate var json: JSON {
        var told: [String: JSON] = ["state": .text(name)]
        if let reason = closeReason {
            told["reason"] = .text(reason.code)
            told["close_code"] = reason.closeCode.map(JSON.integer)
        }
        if case .reconnecting(_, let attempt, let retryIn) = self {
            told["attempt"] = .integer(attempt)
            let millis = retryIn.map { Int($0 / .milliseconds(1)) }
            told["retry_in_ms"] = millis.map(JSON.integer) ?? .null
        }
        return .object(told)
    }

    private var closeReason: CloseReason? {
        switch self {
        case .disconnected(let reason), .reconnecting(let reason, _, _): reason
        default: nil
        }
    }
}

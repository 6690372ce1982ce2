import Aldis

/// A client of a scenario, and what it has told.
struct ScenarioClient: Sendable {
    /// Longer than the limit of a step, so that it is the step that ends first.
    private static let replyTimeout = Duration.seconds(600)

    let client: SignalClient

    /// What the client told since it was made, and nobody has taken yet.
    let told: AsyncStream<Told>

    /// The client does not hold it.
    private let recorder: Recorder
    private let tokens: ScriptedTokens?

    init(_ client: SignalClient, _ tokens: ScriptedTokens?) {
        let (told, continuation) = AsyncStream<Told>.makeStream()
        let recorder = Recorder(continuation)
        client.delegate = recorder
        self.client = client
        self.told = told
        self.recorder = recorder
        self.tokens = tokens
    }

    func expectStats(_ expected: [String: Int]) async throws {
        try await until("it counted \(expected)") {
            guard let stats = client.stats else { return false }
            return try expected.allSatisfy { try stats.counter($0.key) == $0.value }
        }
    }

    func expectRooms(_ expected: [String]) async throws {
        try await until("it is in \(expected)") { client.rooms == Set(expected) }
    }

    /// What the server says, as soon as it is about these rooms.
    func expectWho(in expected: [String]?) async throws -> Who {
        while true {
            let reply = try await client.requestJSON(
                "null",
                named: "who",
                timeout: Self.replyTimeout
            )
            let who = try reply.decode(Who.self)
            let rooms = who.rooms.subtracting(["ws-default", "ws-notification", who.id])
            guard let expected, Set(expected) != rooms else { return who }
        }
    }

    func expectTokenRequests(_ expected: [String]) async throws {
        try await until("its provider was asked \(expected)") {
            await (tokens?.requests ?? []) == expected
        }
    }
}

private final class Recorder: SignalClientDelegate {
    private let told: AsyncStream<Told>.Continuation

    init(_ told: AsyncStream<Told>.Continuation) {
        self.told = told
    }

    func signalClient(_ client: SignalClient, didReceive message: Message) {
        told.yield(.message(message))
    }

    func signalClient(_ client: SignalClient, didChange state: ConnectionState) {
        told.yield(.state(state))
    }

    func signalClient(_ client: SignalClient, didConnect session: Session) {
        told.yield(.session(session))
    }

    func signalClient(_ client: SignalClient, didReport report: SignalReport) {
        told.yield(.report(report))
    }
}

/// Gives one token after the other.
actor ScriptedTokens {
    private struct NoToken: Error {}

    private let tokens: [String?]

    /// What it was asked so far.
    private(set) var requests: [String] = []

    init(_ tokens: [String?]) {
        self.tokens = tokens
    }

    nonisolated var provider: TokenProvider { { try await self.token($0) } }

    private func token(_ request: TokenRequest) throws -> String {
        let token = requests.count < tokens.count ? tokens[requests.count] : nil
        requests.append(request == .initial ? "initial" : "refused")
        guard let token else { throw NoToken() }
        return token
    }
}

extension Stats {
    fileprivate func counter(_ name: String) throws -> Int {
        switch name {
        case "attempts": attempts
        case "sessions": sessions
        case "messages_received": messagesReceived
        case "messages_sent": messagesSent
        case "dropped": dropped.total
        case "expired": expired
        case "unsent": unsent
        case "outbox_messages": outboxMessages
        default: throw Mismatch("there is no counter \(name)")
        }
    }
}

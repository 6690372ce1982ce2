import Aldis
import Foundation

/// The only part of the chat that knows Aldis. All that is said and heard passes here as ``Said``:
/// what seals it from end to end one day has its place between this and the ``ChatModel``.
struct Transport: Sendable {
    private let client: SignalClient

    /// - Throws: ``Failure``
    init(to server: String, token: String, rooms: [String]) throws {
        var config = SignalConfig(url: server, rooms: Set(rooms))
        // To try things out without TLS. An app for others leaves this out.
        config.allowsInsecure = true
        client = try failing { try SignalClient(config: config) { _ in token } }
    }

    // MARK: What comes, from the call on

    func said() -> AsyncThrowingStream<Said, any Error> {
        client.events(of: Said.self, named: Self.chat)
    }

    func connections() -> AsyncMapSequence<AsyncStream<ConnectionState>, Connection> {
        client.states.map { Connection($0, now: Date()) }
    }

    /// Things for the user to know. Why lines were not sent is said by those.
    func notices() -> AsyncCompactMapSequence<AsyncStream<SignalReport>, String> {
        client.reports.compactMap { report in
            ["messages_unsent", "server_error"].contains(report.code) ? nil : report.message
        }
    }

    // MARK: What is to be done

    /// Connects; while another attempt is waited for, it begins now.
    func connect() async throws {
        _ = try await failing { try await client.connect() }
    }

    func disconnect() async {
        await client.disconnect()
    }

    func close() {
        client.close()
    }

    func join(_ room: String) async throws {
        try await failing { try await client.join(room) }
    }

    func leave(_ room: String) async throws {
        try await failing { try await client.leave(room) }
    }

    /// Says something in a room, and waits until the server has passed it on.
    func say(_ said: Said) async throws {
        let passOn = ToRoom(room: said.room, event: Self.chat, data: said)
        let _: PassedOn = try await failing { try await client.request(passOn, named: "room") }
    }

    /// The event under which rooms carry lines.
    private static let chat = "chat"
}

/// What the demo server passes on to everybody in a room, to whom it comes from too.
private struct ToRoom: Encodable {
    let room: String
    let event: String
    let data: Said
}

/// Its reply, of which nothing matters but that it came.
private struct PassedOn: Decodable {}

extension Failure {
    fileprivate init(_ error: any SignalError) {
        self.init(code: error.code, message: error.message, advice: error.recoverySuggestion)
    }
}

private func failing<Result>(_ action: () throws -> Result) throws -> Result {
    do { return try action() } catch let error as any SignalError { throw Failure(error) }
}

private func failing<Result: Sendable>(_ action: () async throws -> Result) async throws -> Result {
    do { return try await action() } catch let error as any SignalError { throw Failure(error) }
}

extension Connection {
    fileprivate init(_ state: ConnectionState, now: Date) {
        switch state {
        case .disconnected(let reason):
            let isWanted = reason?.code == "disconnected"
            self = .disconnected(reason: isWanted ? nil : reason?.message)
        case .connecting, .connected, .authenticating: self = .connecting
        case .authenticated(let session): self = .connected(as: session.userID)
        case .reconnecting(let reason, let attempt, let retryIn):
            let next = retryIn.map { now.addingTimeInterval($0 / .seconds(1)) }
            self = .reconnecting(attempt: attempt, at: next, reason: reason?.message)
        }
    }
}

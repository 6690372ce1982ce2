import Foundation
import Testing

@testable import Aldis

/// What a test has at hand. What it starts ends with it.
actor TestBed {
    private var processes: [ChildProcess] = []
    private var clients: [SignalClient] = []

    /// Without options every token is taken, as the id of the user.
    func aldis(_ options: String...) async throws -> AldisServer {
        try await aldis(options: options)
    }

    func aldis(options: [String]) async throws -> AldisServer {
        let server = try await AldisServer(options)
        processes.append(server.process)
        return server
    }

    func proxy(_ server: AldisServer) async throws -> FaultProxy {
        try await proxy(beforeAddress: server.address)
    }

    /// A proxy that speaks TLS, with a certificate of its own authority.
    func secureProxy(_ server: AldisServer) async throws -> FaultProxy {
        try await proxy(beforeAddress: server.address, ["--tls", "127.0.0.1"])
    }

    /// A proxy that takes connections, and says nothing: who connects waits for the upgrade.
    func silentServer() async throws -> FaultProxy {
        let proxy = try await proxy(aldis())
        try await proxy.stall()
        return proxy
    }

    func proxy(beforeAddress address: String, _ options: [String] = []) async throws -> FaultProxy {
        let proxy = try await FaultProxy(before: address, options)
        processes.append(proxy.process)
        return proxy
    }

    /// A client that ends with the test.
    func client(
        _ server: any Server,
        token: String? = "ann",
        configure: @Sendable (inout SignalConfig) -> Void = { _ in },
        tokens: TokenProvider? = nil
    ) throws -> SignalClient {
        var config = SignalConfig(url: server.url, token: token)
        configure(&config)
        return try self.client(config: config, tokens: tokens)
    }

    func client(config: SignalConfig, tokens: TokenProvider?) throws -> SignalClient {
        let client = try SignalClient(config: config, tokens: tokens)
        clients.append(client)
        return client
    }

    /// A client that is authenticated, and ends with the test.
    func connected(
        _ server: any Server,
        token: String = "ann",
        configure: @Sendable (inout SignalConfig) -> Void = { _ in }
    ) async throws -> SignalClient {
        let client = try client(server, token: token, configure: configure)
        try await client.connect()
        return client
    }

    func end() async throws {
        for client in clients {
            #expect(client.stats?.listenerFailures ?? 0 == 0)
            client.close()
        }
        clients = []
        for process in processes.reversed() { try await process.end() }
    }
}

/// A test with real sockets, in real time. Nothing may be left of it.
func withTestBed(_ body: (TestBed) async throws -> Void) async throws {
    let bed = TestBed()
    do {
        try await body(bed)
    } catch {
        try await bed.end()
        throw error
    }
    try await bed.end()
    try await until("the threads of the library end") { Leftovers.threads.isEmpty }
}

/// Waits for what nothing tells of. The limit of the tests bounds it.
func until(_ what: String, _ condition: () async throws -> Bool) async throws {
    while try await !condition() {
        do {
            try await Task.sleep(for: .milliseconds(1))
        } catch {
            Issue.record("still waiting until \(what)")
            throw error
        }
    }
}

extension SignalClient {
    /// Waits for a state.
    @discardableResult
    func reaches(_ isIt: (ConnectionState) -> Bool) async throws -> ConnectionState {
        for await state in states where isIt(state) { return state }
        throw CancellationError()
    }

    @discardableResult
    func isAuthenticated(after former: Session? = nil) async throws -> Session {
        let state = try await reaches { $0.session != nil && $0.session != former }
        return try #require(state.session)
    }

    func isReconnecting() async throws {
        try await reaches { $0.name == "reconnecting" }
    }
}

extension AsyncSequence {
    /// The first elements; fewer at the end.
    func first(_ count: Int) async throws -> [Element] {
        var elements: [Element] = []
        for try await element in self {
            elements.append(element)
            if elements.count == count { break }
        }
        return elements
    }
}

/// The error that something throws. Nothing is a failure of the test.
func failure<Result>(
    of action: () async throws -> Result,
    _ location: SourceLocation = #_sourceLocation
) async throws -> any Error {
    do {
        _ = try await action()
    } catch {
        return error
    }
    Issue.record("it did not throw", sourceLocation: location)
    throw CancellationError()
}

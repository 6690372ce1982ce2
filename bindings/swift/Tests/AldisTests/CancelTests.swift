import Testing

@testable import Aldis

extension Tests {
    /// A call may be cancelled at any time: it ends at once, and nothing is lost.
    @Suite struct Cancel {
        @Test("connect is cancelled, and the attempt goes on")
        func connect() async throws {
            try await withTestBed { bed in
                let proxy = try await bed.silentServer()
                let client = try await bed.client(proxy)
                let connecting = Task { try await client.connect() }
                try await client.reaches { $0 == .connecting }
                connecting.cancel()
                #expect(try await failure { try await connecting.value } is CancellationError)
                try await proxy.resume()
                try await client.isAuthenticated()
            }
        }

        @Test("connect is cancelled many times")
        func connectOften() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(bed.silentServer())
                for round in 0..<200 {
                    let connecting = Task { try await client.connect() }
                    if round % 2 == 0 { await Task.yield() }
                    connecting.cancel()
                    #expect(try await failure { try await connecting.value } is CancellationError)
                }
            }
        }

        @Test("a request is cancelled, and its reply is an ordinary message")
        func request() async throws {
            try await withTestBed { bed in
                let proxy = try await bed.proxy(bed.aldis())
                let client = try await bed.connected(proxy)
                let echoes = client.messages(named: "echo")
                try await proxy.stall("to_client")
                let requesting = Task {
                    try await client.requestJSON("1", named: "echo", timeout: .seconds(600))
                }
                try await until("it was sent") { client.stats?.messagesSent == 1 }
                requesting.cancel()
                #expect(try await failure { try await requesting.value } is CancellationError)
                try await proxy.resume()
                #expect(try await echoes.first(1).map(\.json) == ["1"])
            }
        }

        @Test("a request that is cancelled before it begins is not sent")
        func requestBefore() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                let requesting = Task {
                    withUnsafeCurrentTask { $0?.cancel() }
                    return try await client.requestJSON("1", named: "echo")
                }
                #expect(try await failure { try await requesting.value } is CancellationError)
                #expect(client.stats?.messagesSent == 0)
            }
        }

        @Test("a send that waits is cancelled, and its message is not sent")
        func send() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(bed.aldis()) { $0.maxOutboxMessages = 1 }
                let ten: Duration = .seconds(600)
                try await client.send(Numbered(n: 0), named: "echo", timeToLive: ten)
                let echoes = client.events(of: Numbered.self, named: "echo")
                let waiting = Task {
                    try await client.send(Numbered(n: 1), named: "echo", timeToLive: ten)
                }
                await Task.yield()
                waiting.cancel()
                #expect(try await failure { try await waiting.value } is CancellationError)
                try await client.connect()
                try await client.send(Numbered(n: 2), named: "echo")
                #expect(try await echoes.first(2).map(\.n) == [0, 2])
            }
        }

        @Test("a cancelled task leaves its room and says goodbye, where it need not wait")
        func goodbye() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis()) { $0.rooms = ["lobby"] }
                let echoes = client.messages(named: "echo")
                let leaving = Task {
                    withUnsafeCurrentTask { $0?.cancel() }
                    try await client.leave("lobby")
                    try await client.sendJSON("1", named: "echo")
                }
                try await leaving.value
                #expect(client.rooms.isEmpty)
                #expect(try await echoes.first(1).map(\.json) == ["1"])
            }
        }

        @Test("readers are cancelled while they wait, and take nothing from the others")
        func readers() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                let stream = client.messages(named: "echo")
                let idle = client.messages(named: "never")
                let cancelled = Task { await idle.first { _ in true } }
                await Task.yield()
                cancelled.cancel()
                #expect(await cancelled.value == nil)
                for n in 0..<10 { try await client.sendJSON("\(n)", named: "echo") }
                #expect(try await stream.first(10).map(\.json) == (0..<10).map { "\($0)" })
            }
        }

        @Test("many calls are cancelled under load, and no reply is lost")
        func load() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                let messages = client.messages(named: "echo")
                let late = Locked(0)
                let load = Task {
                    for await _ in messages { late.withLock { $0 += 1 } }
                }
                var replied = 0
                var calls = 0
                for round in 0..<20 {
                    let requests = (0..<50).map { n in
                        Task { try await client.requestJSON("\(n)", named: "echo") }
                    }
                    calls += requests.count
                    _ = try await client.request(
                        Numbered(n: round),
                        named: "echo",
                        returning: Numbered.self
                    )
                    for request in requests { request.cancel() }
                    for request in requests where (try? await request.value) != nil { replied += 1 }
                }
                // Each was either not sent, or its reply came to the caller or to the stream.
                #expect(try await client.requestJSON("1", named: "echo").json == "1")
                let sent = try #require(client.stats?.messagesSent)
                let others = 20 + 1
                #expect(replied <= calls)
                try await until("every reply came") {
                    late.withLock { $0 } == sent - others - replied
                }
                load.cancel()
                await load.value
            }
        }
    }
}

import Testing

@testable import Aldis

extension Tests {
    @Suite struct Close {
        @Test("a client that was never used")
        func unused() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(NoServer())
                client.close()
                try await client.isClosed()
            }
        }

        @Test("a client that is disconnected")
        func disconnected() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                await client.disconnect()
                client.close()
                try await client.isClosed()
            }
        }

        @Test("a client that is connecting")
        func connecting() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(bed.silentServer())
                async let outcome = failure { try await client.connect() }
                try await client.reaches { $0 == .connecting }
                client.close()
                #expect(try await outcome as? ConnectError == .closed)
                try await client.isClosed()
            }
        }

        @Test("a client that is authenticated, and what waits in it")
        func authenticated() async throws {
            try await withTestBed { bed in
                let proxy = try await bed.proxy(bed.aldis())
                let client = try await bed.connected(proxy)
                let messages = client.messages()
                let reports = client.reports
                async let read = messages.first(1)
                try await proxy.stall("to_client")
                async let outcome = failure {
                    try await client.requestJSON("1", named: "echo", timeout: .seconds(600))
                }
                try await until("it was sent") { client.stats?.messagesSent == 1 }
                client.close()
                #expect(try await outcome as? RequestError == .closed)
                #expect(try await read == [])
                #expect(try await reports.first(1) == [])
                try await client.isClosed()
                // The server is told.
                try await proxy.resume()
                try await proxy.untilOpen(0)
            }
        }

        @Test("a client that is reconnecting")
        func reconnecting() async throws {
            try await withTestBed { bed in
                let proxy = try await bed.proxy(bed.aldis())
                let client = try await bed.connected(proxy) { $0.isSlow() }
                try await proxy.cut()
                try await client.isReconnecting()
                client.close()
                try await client.isClosed()
            }
        }

        @Test("a client that a stream holds back")
        func heldBack() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                let events = client.events(of: Numbered.self, named: "echo-many")
                try await client.send(EchoMany(n: 20_000), named: "echo-many")
                try await until("it is held back") { client.lag.isHeldBack }
                client.close()
                try await client.isClosed()
                // What was in its buffer still comes, in order; then the stream ends.
                let got = try await events.first(20_000)
                #expect(got == numbered(got.count))
                #expect((1_024..<20_000).contains(got.count))
            }
        }

        @Test("a client whose sender waits for room")
        func sending() async throws {
            try await withTestBed { bed in
                let proxy = try await bed.proxy(bed.aldis())
                let client = try await bed.connected(proxy) { $0.maxOutboxMessages = 2 }
                try await proxy.stall("to_server")
                let payload = "\"" + String(repeating: "x", count: 90_000) + "\""
                async let outcome = failure {
                    for _ in 0..<192 { try await client.sendJSON(payload, named: "echo") }
                }
                try await until("the outbox is full") { client.stats?.outboxMessages == 2 }
                client.close()
                #expect(try await outcome as? SendError == .closed)
                try await client.isClosed()
            }
        }

        @Test("again, and by many at once")
        func again() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<16 {
                        group.addTask { for _ in 0..<10 { client.close() } }
                    }
                }
                client.close()
                try await client.isClosed()
            }
        }

        @Test("while others call it")
        func busy() async throws {
            try await withTestBed { bed in
                let server = try await bed.aldis()
                for _ in 0..<20 {
                    let client = try await bed.connected(server)
                    let callers = (0..<8).map { _ in
                        Task {
                            while true {
                                _ = try await client.requestJSON("1", named: "echo")
                                try client.trySendJSON("2", named: "echo")
                                try await client.join("a")
                                _ = client.stats
                            }
                        }
                    }
                    _ = try await client.requestJSON("0", named: "echo")
                    client.close()
                    for caller in callers {
                        let error = try await failure { try await caller.value }
                        #expect((error as? any SignalError)?.code == "client_closed")
                    }
                }
            }
        }

        @Test("right behind the beginning of connect")
        func connectingOften() async throws {
            try await withTestBed { bed in
                let server = try await bed.silentServer()
                for _ in 0..<50 {
                    let client = try await bed.client(server)
                    async let outcome = failure { try await client.connect() }
                    await Task.yield()
                    client.close()
                    #expect(try await outcome as? ConnectError == .closed)
                    try await client.isClosed()
                }
            }
        }

        @Test("while a stream is read")
        func reading() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                let messages = client.messages(named: "echo")
                try await client.sendJSON("1", named: "echo")
                for await _ in messages { client.close() }
                try await client.isClosed()
            }
        }

        @Test("inside a token provider")
        func token() async throws {
            let itself = Locked<SignalClient?>(nil)
            try await withTestBed { bed in
                let client = try await bed.client(
                    bed.aldis(),
                    token: nil,
                    tokens: { _ in
                        itself.withLock { $0 }?.close()
                        return "ann"
                    }
                )
                itself.withLock { $0 = client }
                let error = try await failure { try await client.connect() }
                #expect(error as? ConnectError == .closed)
                try await client.isClosed()
                itself.withLock { $0 = nil }
            }
        }

        @Test("a stream that is made after the end ends at once")
        func streams() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(NoServer())
                client.close()
                #expect(try await client.messages().first(1).isEmpty)
                #expect(try await client.messages(named: "echo").first(1).isEmpty)
                #expect(try await client.events(of: Text.self, named: "echo").first(1).isEmpty)
                #expect(try await client.reports.first(1).isEmpty)
            }
        }

        @Test("a client that nobody holds any more ends, and its streams with it")
        func released() async throws {
            try await withTestBed { bed in
                let proxy = try await bed.proxy(bed.aldis())
                var client: SignalClient? = try SignalClient(
                    config: SignalConfig(url: proxy.url, token: "ann")
                )
                let messages = try #require(client?.messages())
                try await client?.connect()
                weak var router = client?.router
                weak var native = client?.native
                client = nil
                #expect(try await messages.first(1).isEmpty)
                try await proxy.untilOpen(0)
                try await until("all of it is freed") { router == nil && native == nil }
            }
        }
    }
}

extension SignalClient {
    fileprivate func isClosed() async throws {
        #expect(state.name == "disconnected")
        let outcomes: [any Error] = [
            try await failure { try await self.connect() },
            try await failure { try await self.sendJSON("1", named: "echo") },
            try await failure {
                try await self.sendJSON("1", named: "echo", timeToLive: .seconds(60))
            },
            try await failure { try self.trySendJSON("1", named: "echo") },
            try await failure { try await self.requestJSON("1", named: "echo") },
            try await failure { try await self.join("a") },
            try await failure { try await self.leave("a") },
            try await failure { try self.updateToken("t") },
        ]
        for error in outcomes { #expect((error as? any SignalError)?.code == "client_closed") }
        await disconnect()
        networkAvailable()
        networkLost()
        resumed()
        suspended()
        #expect(rooms.isEmpty)
        #expect(stats == nil)
        #expect(explain().contains("closed"))
        #expect(!lag.isHeldBack)
        close()
    }
}

import Testing

@testable import Aldis

extension Tests {
    @Suite struct Delegates {
        @Test("a delegate hears everything in order, one call at a time")
        func order() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(bed.aldis())
                let delegate = Recorder()
                client.delegate = delegate
                #expect(client.delegate === delegate)
                let session = try await client.connect()
                try await client.send(EchoMany(n: 5_000), named: "echo-many")
                try await until("all came") { await delegate.messages.count == 5_000 }
                let messages = await delegate.messages
                #expect(try messages.map { try $0.decode(Numbered.self) } == numbered(5_000))
                #expect(await delegate.sessions == [session])
                let names = ["connecting", "connected", "authenticating", "authenticated"]
                let states = await delegate.states
                #expect(states.map(\.name) == names)
                #expect(states.last == .authenticated(session))
                let wasCalledTwiceAtOnce = await delegate.wasCalledTwiceAtOnce
                #expect(wasCalledTwiceAtOnce == false)
            }
        }

        @Test("a delegate may belong to the main actor")
        func mainActor() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(bed.aldis())
                let delegate = OnTheMainActor()
                client.delegate = delegate
                try await client.connect()
                try await client.sendJSON("1", named: "echo")
                try await until("it came") { await delegate.texts == ["1"] }
            }
        }

        @Test("a delegate that is slow holds the client back")
        func slow() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                let delegate = Recorder()
                await delegate.hold()
                client.delegate = delegate
                try await client.send(EchoMany(n: 20_000), named: "echo-many")
                try await until("it is held back") { client.lag.isHeldBack }
                await delegate.letGo()
                try await until("all came") { await delegate.messages.count == 20_000 }
                #expect(client.lag.dropped == 0)
            }
        }

        @Test("a delegate that was replaced, or is gone, is called no more")
        func replaced() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                let first = Recorder()
                client.delegate = first
                let second = Recorder()
                client.delegate = second
                try await client.sendJSON("1", named: "echo")
                try await until("it came") { await second.messages.count == 1 }
                client.delegate = nil
                #expect(client.delegate == nil)
                let unclaimed = client.lag.unclaimed
                try await client.sendJSON("2", named: "echo")
                try await until("nobody wanted it") { client.lag.unclaimed == unclaimed + 1 }
                #expect(await first.messages.isEmpty)
                #expect(await second.messages.count == 1)

                var third: Recorder? = Recorder()
                weak var released = third
                client.delegate = third
                third = nil
                try await until("it is freed") { released == nil }
                #expect(client.delegate == nil)
                try await client.requestJSON("3", named: "echo").isReply()
            }
        }

        @Test("a delegate may close the client, and hears nothing behind that")
        func closes() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(bed.aldis())
                let delegate = Recorder()
                await delegate.closesOnMessage()
                client.delegate = delegate
                try await client.connect()
                try await client.send(EchoMany(n: 100), named: "echo-many")
                try await client.reaches { $0.name == "disconnected" }
                #expect(client.stats == nil)
                #expect(await delegate.messages.count == 1)
            }
        }

        @Test("a delegate that implements nothing is fine")
        func empty() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(bed.aldis())
                let delegate = Silent()
                client.delegate = delegate
                try await client.connect()
                try await client.sendJSON("1", named: "echo")
                try await client.requestJSON("2", named: "echo").isReply()
                try await until("all was taken") { client.lag.waiting == 0 }
            }
        }
    }
}

extension Message {
    fileprivate func isReply() {
        #expect(id != nil)
    }
}

private actor Recorder: SignalClientDelegate {
    private(set) var messages: [Message] = []
    private(set) var states: [ConnectionState] = []
    private(set) var sessions: [Session] = []
    private(set) var reports: [SignalReport] = []
    private(set) var wasCalledTwiceAtOnce = false
    private var isBusy = false
    private var gate: Signal?
    private var closes = false

    func hold() { gate = Signal() }

    func letGo() { gate?.send() }

    func closesOnMessage() { closes = true }

    func signalClient(_ client: SignalClient, didReceive message: Message) async {
        if isBusy { wasCalledTwiceAtOnce = true }
        isBusy = true
        await gate?.wait()
        // An actor that waits could be called again meanwhile.
        await Task.yield()
        messages.append(message)
        isBusy = false
        if closes { client.close() }
    }

    func signalClient(_ client: SignalClient, didChange state: ConnectionState) {
        states.append(state)
    }

    func signalClient(_ client: SignalClient, didConnect session: Session) {
        sessions.append(session)
    }

    func signalClient(_ client: SignalClient, didReport report: SignalReport) {
        reports.append(report)
    }
}

@MainActor private final class OnTheMainActor: SignalClientDelegate {
    private(set) var texts: [String] = []

    func signalClient(_ client: SignalClient, didReceive message: Message) {
        MainActor.assertIsolated()
        texts.append(message.json)
    }
}

private final class Silent: SignalClientDelegate {}

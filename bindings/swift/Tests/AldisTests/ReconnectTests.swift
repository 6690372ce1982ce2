import Testing

@testable import Aldis

extension Tests {
    @Suite struct Reconnect {
        @Test("after a cut the client comes back with all its rooms, and the stream goes on")
        func rooms() async throws {
            try await withTestBed { bed in
                let server = try await bed.aldis()
                let proxy = try await bed.proxy(server)
                let client = try await bed.client(proxy) {
                    $0.isQuick()
                    $0.rooms = ["of the config"]
                }
                var session = try await client.connect()
                try await client.join("joined")
                let sender = try await bed.connected(server, token: "ben") {
                    $0.rooms = ["joined", "of the config"]
                }
                var said = client.events(of: Text.self, named: "said").makeAsyncIterator()
                for (cuts, how) in ["close", "reset", "close"].enumerated() {
                    try await proxy.cut(how)
                    try await proxy.untilAccepted(cuts + 2)
                    let next = try await client.isAuthenticated(after: session)
                    #expect(next.clientID != session.clientID)
                    session = next
                    // The join is on its way when the reply to a later request has come.
                    _ = try await client.requestJSON("1", named: "echo")
                    for room in ["joined", "of the config"] {
                        let text = Text(text: "after cut \(cuts) in \(room)")
                        try await sender.say(text, in: room)
                        #expect(try await said.next() == text)
                    }
                }
                #expect(client.stats?.sessions ?? 0 >= 4)
            }
        }

        @Test("a connection that was lost is told with its reason")
        func reason() async throws {
            try await withTestBed { bed in
                let proxy = try await bed.proxy(bed.aldis())
                let client = try await bed.connected(proxy) { $0.isSlow() }
                try await proxy.cut()
                try await client.isReconnecting()
                guard case .reconnecting(let reason, let attempt, let retryIn) = client.state else {
                    Issue.record("\(client.state)")
                    return
                }
                #expect(reason?.code == "connection_lost")
                #expect(attempt == 1)
                #expect(retryIn == .seconds(3_600))
            }
        }

        @Test("a hint ends the wait for the next attempt")
        func hints() async throws {
            try await withTestBed { bed in
                let proxy = try await bed.proxy(bed.aldis())
                let client = try await bed.connected(proxy) { $0.isSlow() }
                for hint in [SignalClient.networkAvailable, SignalClient.resumed] {
                    try await proxy.cut()
                    try await client.isReconnecting()
                    hint(client)()
                    try await client.isAuthenticated()
                }
            }
        }

        @Test("without a network no attempt is made until there is one")
        func offline() async throws {
            try await withTestBed { bed in
                let proxy = try await bed.proxy(bed.aldis())
                let client = try await bed.connected(proxy) { $0.isQuick() }
                try await proxy.refuse()
                client.networkLost()
                try await proxy.cut()
                try await client.reaches {
                    if case .reconnecting(_, _, nil) = $0 { true } else { false }
                }
                try await proxy.accept()
                client.networkAvailable()
                try await client.isAuthenticated()
            }
        }

        @Test("a suspended client comes back when it is resumed")
        func suspended() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                client.suspended()
                let state = try await client.reaches { $0.name == "disconnected" }
                guard case .disconnected(let reason?) = state else {
                    Issue.record("\(state)")
                    return
                }
                #expect(reason.code == "suspended")
                client.resumed()
                try await client.isAuthenticated()
            }
        }

        @Test("hints to a client that does nothing are nothing")
        func idle() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(bed.aldis())
                client.networkLost()
                client.networkAvailable()
                client.suspended()
                client.resumed()
                #expect(client.state == .disconnected(reason: nil))
                try await client.connect()
            }
        }

        @Test("a client gives up after the attempts that it is allowed")
        func givesUp() async throws {
            try await withTestBed { bed in
                let proxy = try await bed.proxy(bed.aldis())
                let client = try await bed.connected(proxy) {
                    $0.isQuick()
                    $0.maxRetries = 2
                }
                try await proxy.refuse()
                try await proxy.cut()
                let state = try await client.reaches { $0.name == "disconnected" }
                guard case .disconnected(let reason?) = state else {
                    Issue.record("\(state)")
                    return
                }
                #expect(reason.code == "retries_exhausted")
            }
        }
    }
}

extension SignalConfig {
    mutating func isQuick() {
        baseInterval = .milliseconds(1)
        maxInterval = .milliseconds(20)
        maxRetries = 1_000
    }

    mutating func isSlow() {
        baseInterval = .seconds(3_600)
        maxInterval = .seconds(3_600)
        usesJitter = false
    }
}

import Testing

@testable import Aldis

extension Tests {
    /// The line is held in these tests, and more is sent than all buffers on the way can take.
    @Suite struct Outbox {
        private static let messages = 192

        @Test("send waits while the outbox is full, and goes on in order")
        func waits() async throws {
            try await withTestBed { bed in
                let proxy = try await bed.proxy(bed.aldis())
                let client = try await bed.connected(proxy) { $0.maxOutboxMessages = 8 }
                let replies = client.messages(named: "to-user")
                try await proxy.stall("to_server")
                async let sending: Void = client.sendPadded(Self.messages)
                try await client.outboxIsFull()
                try await proxy.resume()
                try await sending
                #expect(try await replies.first(Self.messages).count == Self.messages)
                #expect(client.stats?.outboxMessages == 0)
            }
        }

        @Test("many may wait for room at the same time")
        func many() async throws {
            try await withTestBed { bed in
                let proxy = try await bed.proxy(bed.aldis())
                let client = try await bed.connected(proxy) { $0.maxOutboxMessages = 8 }
                let replies = client.messages(named: "to-user")
                try await proxy.stall("to_server")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<16 {
                        group.addTask { try await client.sendPadded(Self.messages / 16) }
                    }
                    try await client.outboxIsFull()
                    try await proxy.resume()
                    try await group.waitForAll()
                }
                #expect(try await replies.first(Self.messages).count == Self.messages)
            }
        }

        @Test("who waits for room is told that the connection ended")
        func disconnects() async throws {
            try await withTestBed { bed in
                let proxy = try await bed.proxy(bed.aldis())
                let client = try await bed.connected(proxy) { $0.maxOutboxMessages = 8 }
                try await proxy.stall("to_server")
                async let outcome = failure { try await client.sendPadded(Self.messages) }
                try await client.outboxIsFull()
                await client.disconnect()
                #expect((try await outcome as? SendError)?.code == "not_connected")
            }
        }

        @Test("offline the messages that may wait fill the outbox too")
        func offline() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(bed.aldis()) { $0.maxOutboxMessages = 4 }
                let echoes = client.events(of: Numbered.self, named: "echo")
                for n in 0..<4 {
                    try client.trySend(Numbered(n: n), named: "echo", timeToLive: .seconds(600))
                }
                let error = try await failure {
                    try client.trySend(Numbered(n: -1), named: "echo", timeToLive: .seconds(600))
                }
                guard case SendError.outboxFull(let messages, let bytes, _) = error else {
                    Issue.record(error)
                    return
                }
                #expect(messages == 4)
                #expect(bytes == 4 * #"{"event":"echo","data":{"n":0}}"#.utf8.count)
                async let waiting: Void = client.send(
                    Numbered(n: 4),
                    named: "echo",
                    timeToLive: .seconds(600)
                )
                try await client.connect()
                try await waiting
                #expect(try await echoes.first(5) == numbered(5))
            }
        }
    }

    @Suite struct TimeToLive {
        @Test("a message that may wait goes out when the connection stands")
        func waits() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(bed.aldis())
                let echoes = client.messages(named: "echo")
                let timeToLive: Duration = .seconds(600)
                try await client.send(Numbered(n: 0), named: "echo", timeToLive: timeToLive)
                try client.trySend(Numbered(n: 1), named: "echo", timeToLive: timeToLive)
                try await client.sendJSON(#"{"n":2}"#, named: "echo", timeToLive: timeToLive)
                #expect(client.stats?.outboxMessages == 3)
                try await client.connect()
                let expected = (0..<3).map { #"{"n":\#($0)}"# }
                #expect(try await echoes.first(3).map(\.json) == expected)
            }
        }

        @Test("a message that waited too long is told and never sent")
        func expires() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(bed.aldis())
                let reports = client.reports
                try await client.send(
                    Text(text: "too late"),
                    named: "echo",
                    timeToLive: .milliseconds(20)
                )
                let report = try await reports.first(1)[0]
                #expect(report.code == "message_expired")
                #expect(report.message.contains("echo"))
                #expect(client.stats?.expired == 1)
                let echoes = client.events(of: Text.self, named: "echo")
                try await client.connect()
                try await client.send(
                    Text(text: "in time"),
                    named: "echo",
                    timeToLive: .seconds(600)
                )
                #expect(try await echoes.first(1) == [Text(text: "in time")])
            }
        }

        @Test("a time to live is positive and within a day")
        func bounds() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                let beyond: [Duration] = [
                    .zero, .microseconds(1), .milliseconds(-1), .seconds(2 * 86_400),
                    .seconds(Int64.max), .seconds(Int64.min),
                ]
                for timeToLive in beyond {
                    let error = try await failure {
                        try client.trySendJSON("1", named: "echo", timeToLive: timeToLive)
                    }
                    #expect((error as? SendError)?.code == "invalid_ttl")
                }
                try await client.sendJSON("1", named: "echo", timeToLive: .seconds(86_400))
                try await client.sendJSON("1", named: "echo", timeToLive: .milliseconds(1))
            }
        }
    }
}

extension SignalClient {
    /// To a user who is not there: the replies are short.
    fileprivate func sendPadded(_ messages: Int) async throws {
        let padding = String(repeating: "x", count: 90_000)
        for n in 0..<messages {
            let json =
                #"{"userId":"nobody","event":"e","data":{"n":\#(n)},"pad":"\#(padding)"}"#
            try await sendJSON(json, named: "to-user")
        }
    }

    /// Waits until the outbox refuses a message.
    fileprivate func outboxIsFull() async throws {
        try await until("the outbox is full") {
            do {
                try trySendJSON("0", named: "echo")
                return false
            } catch SendError.outboxFull {
                return true
            }
        }
    }
}

import Testing

@testable import Aldis

extension Tests {
    @Suite struct SlowStreams {
        /// What may wait for one stream: its limit, and what the native side hands over at once.
        private static let bound = 1_024 + 256

        @Test("a hundred thousand events come in order and never pile up")
        func order() async throws {
            let many = 100_000
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                let events = client.events(of: Numbered.self, named: "echo-many")
                try await client.send(EchoMany(n: many), named: "echo-many")
                try await until("it is held back") { client.lag.isHeldBack }
                #expect((1...Self.bound).contains(client.lag.waiting))
                var expected = 0
                var most = 0
                for try await event in events {
                    guard event.n == expected else {
                        Issue.record("\(event.n) came instead of \(expected)")
                        break
                    }
                    expected += 1
                    if event.n % 100 == 0 { most = max(most, client.lag.waiting) }
                    if expected == many { break }
                }
                #expect(expected == many)
                #expect((1...Self.bound).contains(most))
                #expect(client.lag.waiting == 0)
                #expect(client.lag.dropped == 0)
                #expect(!client.lag.isHeldBack)
            }
        }

        @Test("while a stream holds back, the native queue is bounded too")
        func queue() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis()) { $0.maxQueuedEvents = 64 }
                let events = client.events(of: Numbered.self, named: "echo-many")
                try await client.send(EchoMany(n: 20_000), named: "echo-many")
                // Full for good, and not only because events came faster than they were taken.
                var timesFull = 0
                try await until("the queue is full") {
                    let queued = client.stats?.queuedEvents ?? 0
                    #expect(queued <= 64)
                    timesFull = queued == 64 && client.lag.isHeldBack ? timesFull + 1 : 0
                    return timesFull == 100
                }
                #expect(try await events.first(20_000) == numbered(20_000))
            }
        }

        @Test("a stream that drops the oldest loses visibly, and holds nobody back")
        func drops() async throws {
            // No more are lost than reports wait for a reader, one for each at the most.
            let last = 79
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                var reports = client.reports.makeAsyncIterator()
                let slow = client.events(
                    of: Numbered.self,
                    named: "echo-many",
                    buffering: .dropOldest(limit: 16)
                )
                let fast = client.messages(named: "echo-many")
                try await client.send(EchoMany(n: last + 1), named: "echo-many")
                #expect(try await fast.first(last + 1).count == last + 1)
                let got = try await slow.first(16).map(\.n)
                #expect(got == Array((last - 15)...last))
                let missed = last + 1 - got.count
                try await until("all is counted") { client.lag.dropped == missed }
                var told = 0
                while told < missed {
                    guard case .streamLagged(let event?, let count)? = await reports.next() else {
                        Issue.record("another report")
                        break
                    }
                    #expect(event == "echo-many")
                    told += count
                }
                #expect(told == missed)
            }
        }

        @Test("the native queue may drop the oldest as well, and tells")
        func nativeDrops() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis()) {
                    $0.maxQueuedEvents = 16
                    $0.overflow = .dropOldest
                }
                let reports = client.reports
                let messages = client.messages(buffering: .holdBack(limit: 1))
                _ = try await client.requestJSON(#"{"n":20000,"bytes":0}"#, named: "echo-many")
                _ = try await client.requestJSON("1", named: "echo")
                let got = Locked(0)
                let reading = Task {
                    for await _ in messages { got.withLock { $0 += 1 } }
                }
                guard case .lagged(let missed) = try await reports.first(1)[0] else {
                    Issue.record("another report")
                    return
                }
                #expect(missed > 0)
                try await until("all are accounted for") {
                    got.withLock { $0 } + client.lag.dropped == 20_000 - 1
                }
                #expect(client.stats?.lagged == client.lag.dropped)
                reading.cancel()
                await reading.value
            }
        }

        @Test("a client that is held back does not hold back another one")
        func others() async throws {
            try await withTestBed { bed in
                let server = try await bed.aldis()
                let held = try await bed.connected(server)
                let other = try await bed.connected(server, token: "ben")
                let events = held.events(of: Numbered.self, named: "echo-many")
                try await held.send(EchoMany(n: 20_000), named: "echo-many")
                try await until("it is held back") { held.lag.isHeldBack }
                for n in 0..<100 {
                    let reply = try await other.request(
                        Numbered(n: n),
                        named: "echo",
                        returning: Numbered.self
                    )
                    #expect(reply.n == n)
                }
                #expect(held.lag.isHeldBack)
                #expect(try await events.first(20_000) == numbered(20_000))
            }
        }

        @Test("a stream that nobody has any more lets the others go on")
        func gone() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                var stuck: AsyncStream<Message>? = client.messages()
                let other = client.events(of: Numbered.self, named: "echo-many")
                let reading = Task { try await other.first(20_000) }
                try await client.send(EchoMany(n: 20_000), named: "echo-many")
                try await until("it is held back") { client.lag.isHeldBack }
                #expect(stuck != nil)
                stuck = nil
                #expect(try await reading.value == numbered(20_000))
            }
        }

        @Test("a stream that is left is not filled any more")
        func left() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                do {
                    let echoes = client.messages(named: "echo")
                    try await client.send(Numbered(n: 0), named: "echo")
                    for await _ in echoes { break }
                }
                let unclaimed = client.lag.unclaimed
                try await client.send(EchoMany(n: 5_000), named: "echo-many")
                try await until("nobody wanted them") {
                    client.lag.unclaimed == unclaimed + 5_000
                }
                #expect(client.lag.waiting == 0)
            }
        }
    }
}

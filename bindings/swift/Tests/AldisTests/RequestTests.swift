import Testing

@testable import Aldis

extension Tests {
    @Suite struct Requests {
        @Test("a reply finds its request, whatever else is under way")
        func replies() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                let replies = try await withThrowingTaskGroup(of: (Int, Numbered).self) { group in
                    for n in 0..<500 {
                        group.addTask {
                            (n, try await client.request(Numbered(n: n), named: "echo"))
                        }
                    }
                    return try await group.reduce(into: [Int: Numbered]()) { $0[$1.0] = $1.1 }
                }
                #expect(replies.count == 500)
                for (n, reply) in replies { #expect(reply.n == n) }
            }
        }

        @Test("a reply is nobody else's message")
        func apart() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                let messages = client.messages(named: "echo")
                #expect(try await client.requestJSON("1", named: "echo").json == "1")
                try await client.sendJSON("2", named: "echo")
                #expect(try await messages.first(1).map(\.json) == ["2"])
            }
        }

        @Test("a reply that comes too late is an ordinary message")
        func late() async throws {
            try await withTestBed { bed in
                let proxy = try await bed.proxy(bed.aldis())
                let client = try await bed.connected(proxy)
                let messages = client.messages(named: "echo")
                try await proxy.stall("to_client")
                let error = try await failure {
                    try await client.requestJSON("1", named: "echo", timeout: .milliseconds(50))
                }
                guard case RequestError.timedOut(let message) = error else {
                    Issue.record(error)
                    return
                }
                #expect(message.contains("50ms"))
                #expect((error as? RequestError)?.code == "request_timed_out")
                try await proxy.resume()
                #expect(try await messages.first(1).map(\.json) == ["1"])
            }
        }

        @Test("a refusal carries the reply")
        func refused() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                let error = try await failure {
                    try await client.requestJSON("1", named: "no-such-event")
                }
                guard case RequestError.refused(let reply, let message) = error else {
                    Issue.record(error)
                    return
                }
                #expect(reply.event == "error")
                #expect(reply.json.contains("no-such-event"))
                #expect(message.contains("no-such-event"))
                #expect((error as? RequestError)?.code == "request_refused")
            }
        }

        @Test("a reply of another type is told to who asked")
        func otherType() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                let error = try await failure {
                    try await client.request(Numbered(n: 1), named: "echo", returning: Text.self)
                }
                #expect((error as? PayloadError)?.code == "payload_undecodable")
                #expect(try await client.request(Numbered(n: 2), named: "echo") == Numbered(n: 2))
            }
        }

        @Test("the end of the connection ends a request")
        func cut() async throws {
            try await withTestBed { bed in
                let proxy = try await bed.proxy(bed.aldis())
                let client = try await bed.connected(proxy)
                try await proxy.stall("to_client")
                async let outcome = failure {
                    try await client.requestJSON("1", named: "echo", timeout: .seconds(600))
                }
                try await until("it was sent") { client.stats?.messagesSent == 1 }
                try await proxy.cut()
                #expect((try await outcome as? RequestError)?.code == "request_connection_lost")
            }
        }

        @Test("without a connection there is no request")
        func notConnected() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(bed.aldis())
                let error = try await failure { try await client.requestJSON("1", named: "echo") }
                guard case RequestError.notSent(.notConnected) = error else {
                    Issue.record(error)
                    return
                }
                #expect((error as? RequestError)?.code == "not_connected")
            }
        }

        @Test("a request must be fit to be sent")
        func unfit() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                for (json, event) in [("{", "echo"), ("1", "heartbeat")] {
                    let error = try await failure {
                        try await client.requestJSON(json, named: event)
                    }
                    guard case RequestError.notSent = error else {
                        Issue.record(error)
                        continue
                    }
                }
            }
        }

        @Test("a timeout must be positive and within a day")
        func timeouts() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                let timeouts: [Duration] = [
                    .zero, .milliseconds(-1), .seconds(2 * 86_400), .seconds(Int64.max),
                ]
                for timeout in timeouts {
                    let error = try await failure {
                        try await client.requestJSON("1", named: "echo", timeout: timeout)
                    }
                    #expect((error as? RequestError)?.code == "invalid_timeout")
                }
            }
        }

        @Test("more requests than allowed are refused")
        func tooMany() async throws {
            try await withTestBed { bed in
                let proxy = try await bed.proxy(bed.aldis())
                let client = try await bed.connected(proxy) { $0.maxPendingRequests = 1 }
                try await proxy.stall("to_client")
                async let first = client.requestJSON("1", named: "echo", timeout: .seconds(600))
                try await until("it was sent") { client.stats?.messagesSent == 1 }
                let error = try await failure { try await client.requestJSON("2", named: "echo") }
                #expect((error as? RequestError)?.code == "too_many_requests")
                try await proxy.resume()
                #expect(try await first.json == "1")
            }
        }
    }
}

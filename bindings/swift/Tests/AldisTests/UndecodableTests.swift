import Testing

@testable import Aldis

extension Tests {
    @Suite struct Undecodable {
        private static let payloads = [
            #"{"secret":"psst"}"#, #"["psst"]"#, #""psst""#, "null", #"{"text":{"psst":1}}"#,
        ]

        @Test("an undecodable payload is reported without its words, and the stream goes on")
        func reported() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                var reports = client.reports.makeAsyncIterator()
                let echoes = client.events(of: Text.self, named: "echo")
                let reading = Task { try await echoes.first(1) }
                for payload in Self.payloads {
                    try await client.sendJSON(payload, named: "echo")
                    let report = await reports.next()
                    guard case .undecodable(let event, let problem)? = report else {
                        Issue.record("\(String(describing: report))")
                        continue
                    }
                    #expect(event == "echo")
                    #expect(problem.hasPrefix("no Text: "))
                    let shown = "\(String(reflecting: report)) \(report?.message ?? "")"
                    #expect(!shown.contains("psst"))
                }
                try await client.send(Text(text: "fine"), named: "echo")
                #expect(try await reading.value == [Text(text: "fine")])
            }
        }

        @Test("a stream may fail instead")
        func failing() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                let echoes = client.events(of: Text.self, named: "echo", undecodable: .fail)
                try await client.send(Text(text: "fine"), named: "echo")
                try await client.sendJSON("1", named: "echo")
                var iterator = echoes.makeAsyncIterator()
                #expect(try await iterator.next() == Text(text: "fine"))
                do {
                    _ = try await iterator.next()
                    Issue.record("it did not fail")
                } catch let error as PayloadError {
                    #expect(error.code == "payload_undecodable")
                }
                #expect(try await iterator.next() == nil)
            }
        }

        @Test("what is missing is named")
        func missing() throws {
            let message = Message(event: "e", json: "{}", id: nil)
            #expect(
                throws: PayloadError.undecodable(event: "e", problem: "no Text: it lacks `text`")
            ) {
                try message.decode(Text.self)
            }
        }

        @Test("a payload that is nested deeply is read as deep as the native side lets through")
        func nested() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                let trees = client.events(of: Tree.self, named: "echo")
                let json =
                    String(repeating: #"{"child":"#, count: 100) + "{}"
                    + String(repeating: "}", count: 100)
                try await client.sendJSON(json, named: "echo")
                var depth = 0
                var tree: Tree? = try await trees.first(1)[0]
                while let next = tree {
                    depth += 1
                    tree = next.child
                }
                #expect(depth == 101)
            }
        }
    }
}

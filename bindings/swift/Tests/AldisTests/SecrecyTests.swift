import Testing

@testable import Aldis

extension Tests {
    /// Logs get what is shown, and secrets have no place there.
    @Suite struct Secrecy {
        private static let secret = "s3cr3t"

        @Test("nothing that is shown of a session has the token or a payload")
        func session() async throws {
            try await withTestBed { bed in
                let secret = Self.secret
                let server = try await bed.aldis("--user", "ann=\(secret)")
                let client = try await bed.client(server, token: secret)
                let received = client.messages(named: "echo")
                let session = try await client.connect()
                try await client.sendJSON("\"\(secret)\"", named: "echo")
                let message = try await received.first(1)[0]
                #expect(message.json == "\"\(secret)\"")
                let long = String(repeating: "x", count: 100_000)
                let errors: [any Error] = [
                    try await failure { try await client.sendJSON("{\(secret)", named: "echo") },
                    try await failure { try await client.requestJSON("{\(secret)", named: "echo") },
                    try await failure {
                        try await client.sendJSON("\"\(secret)\(long)\"", named: "echo")
                    },
                    try await failure {
                        try await client.request(secret, named: "echo", returning: Numbered.self)
                    },
                ]
                let shown: [Any] = [
                    session, client.state, message, client.stats as Any, client.explain(),
                    client.lag, client,
                ]
                Self.expectSecret(shown + errors)
            }
        }

        @Test("nothing that is shown of a failure has the token")
        func failures() async throws {
            try await withTestBed { bed in
                let secret = Self.secret
                let server = try await bed.aldis("--user", "ann=right")
                let refused = try await bed.client(server, token: secret)
                let unreachable = try await bed.client(NoServer(), token: secret) {
                    $0.maxRetries = 0
                    $0.headers = ["Authorization": secret]
                }
                var shown: [Any] = []
                for client in [refused, unreachable] {
                    shown.append(try await failure { try await client.connect() })
                    shown += [client.explain(), client.stats as Any, client.state]
                }
                var config = SignalConfig(url: "ws://127.0.0.1/ws", token: secret)
                config.headers = ["Authorization": "\(secret)\n"]
                config.proxy = "http://me:\(secret)@["
                shown.append(try await failure { try SignalClient(config: config) })
                Self.expectSecret(shown)
            }
        }

        private static func expectSecret(_ shown: [Any]) {
            for thing in shown {
                var text = "\(thing) \(String(reflecting: thing)) \(dumped(thing))"
                if let error = thing as? any Error { text += error.localizedDescription }
                #expect(!text.contains(secret), "\(text)")
            }
        }
    }
}

/// What `dump` shows.
func dumped(_ value: Any) -> String {
    var text = ""
    dump(value, to: &text)
    return text
}

import Testing

@testable import Aldis

extension Tests {
    @Suite struct Tokens {
        @Test("the provider is asked at first, and again when its token was refused")
        func refused() async throws {
            let requests = Locked<[TokenRequest]>([])
            try await withTestBed { bed in
                let server = try await bed.aldis("--user", "ann=fresh")
                let client = try await bed.client(
                    server,
                    token: nil,
                    tokens: { request in
                        requests.withLock { $0.append(request) }
                        return request == .initial ? "stale" : "fresh"
                    }
                )
                #expect(try await client.connect().userID == "ann")
            }
            #expect(requests.withLock { $0 } == [.initial, .refused])
        }

        @Test("a provider that throws fails the attempt with its words")
        func throwing() async throws {
            struct Broken: Error {
                let words = "out of tokens"
            }
            try await withTestBed { bed in
                let client = try await bed.client(
                    bed.aldis(),
                    token: nil,
                    configure: { $0.maxRetries = 0 },
                    tokens: { _ in throw Broken() }
                )
                let error = try await failure { try await client.connect() } as? ConnectError
                #expect(error?.message.contains("out of tokens") ?? false)
            }
        }

        @Test("a provider that is still busy is cancelled when the client is closed")
        func cancelled() async throws {
            let asked = Signal()
            let cancelled = Signal()
            try await withTestBed { bed in
                let client = try await bed.client(
                    bed.aldis(),
                    token: nil,
                    configure: { $0.tokenTimeout = .seconds(600) },
                    tokens: { _ in
                        asked.send()
                        defer { cancelled.send() }
                        try await Task.sleep(for: .seconds(600))
                        return "too late"
                    }
                )
                async let outcome = failure { try await client.connect() }
                await asked.wait()
                client.close()
                await cancelled.wait()
                #expect(try await outcome as? ConnectError == .closed)
            }
        }

        @Test("a token that the server refuses ends connect")
        func wrong() async throws {
            try await withTestBed { bed in
                let server = try await bed.aldis("--user", "ann=right")
                let client = try await bed.client(server, token: "wrong")
                let error = try await failure { try await client.connect() }
                guard case ConnectError.failed(let reason) = error else {
                    Issue.record(error)
                    return
                }
                #expect(reason.code == "auth_rejected")
                #expect(reason.closeCode == 4003)
            }
        }

        @Test("a token can be replaced after it was refused")
        func replaced() async throws {
            try await withTestBed { bed in
                let server = try await bed.aldis("--user", "ann=right")
                let client = try await bed.client(server, token: "wrong")
                _ = try await failure { try await client.connect() }
                try client.updateToken("right")
                #expect(try await client.connect().userID == "ann")
            }
        }

        @Test("without a token there is no connection")
        func missing() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(bed.aldis(), token: nil)
                let error = try await failure { try await client.connect() } as? ConnectError
                #expect(error?.code == "token_missing")
            }
        }

        @Test("an empty token is not taken")
        func empty() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(bed.aldis(), token: nil)
                let error = try await failure { try client.updateToken("") } as? TokenError
                #expect(error?.code == "token_empty")
            }
        }
    }
}

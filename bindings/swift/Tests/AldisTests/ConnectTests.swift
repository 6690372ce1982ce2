import Testing

@testable import Aldis

extension Tests {
    @Suite struct Connect {
        @Test("a client is disconnected until it connects, and authenticated when connect returns")
        func connects() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(bed.aldis())
                #expect(client.state == .disconnected(reason: nil))
                let session = try await client.connect()
                #expect(client.state == .authenticated(session))
                #expect(session.userID == "ann")
                #expect(session.isEncrypted)
            }
        }

        @Test("the states begin with the present one, and end with the client")
        func states() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(bed.aldis())
                var states = client.states.makeAsyncIterator()
                #expect(await states.next() == .disconnected(reason: nil))
                let session = try await client.connect()
                #expect(try await client.states.first(1) == [.authenticated(session)])
                await client.disconnect()
                let latest = try await client.states.first(1)
                guard case .disconnected(let reason?) = latest[0] else {
                    Issue.record("\(latest)")
                    return
                }
                #expect(reason.code == "disconnected")
                // Who was slow gets the latest one alone.
                #expect(await states.next() == latest[0])
                client.close()
                #expect(await states.next() == .disconnected(reason: client.closeReason))
                #expect(await states.next() == nil)
                #expect(try await client.states.first(2) == [client.state])
            }
        }

        @Test("connect of a client that is connected returns its session")
        func again() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(bed.aldis())
                let first = try await client.connect()
                #expect(try await client.connect() == first)
            }
        }

        @Test("calls of connect at the same time share one attempt")
        func together() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(bed.aldis())
                let sessions = try await withThrowingTaskGroup(of: Session.self) { group in
                    for _ in 0..<8 { group.addTask { try await client.connect() } }
                    return try await group.reduce(into: Set()) { $0.insert($1) }
                }
                #expect(sessions.count == 1)
                #expect(client.stats?.attempts == 1)
            }
        }

        @Test("a client can connect again after disconnect")
        func afterDisconnect() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(bed.aldis())
                let first = try await client.connect()
                await client.disconnect()
                #expect(client.state.name == "disconnected")
                #expect(try await client.connect().clientID != first.clientID)
            }
        }

        @Test("disconnect ends a connect that waits")
        func disconnects() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(bed.silentServer())
                async let outcome = failure { try await client.connect() }
                try await client.reaches { $0 == .connecting }
                await client.disconnect()
                #expect(try await outcome as? ConnectError == .disconnected)
            }
        }

        @Test("who cannot be reached is told with a reason and an advice")
        func unreachable() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(NoServer()) { $0.maxRetries = 0 }
                let error = try await failure { try await client.connect() } as? ConnectError
                guard case .failed(let reason)? = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(!reason.advice.isEmpty)
                #expect(error?.recoverySuggestion == reason.advice)
                #expect(error?.code == reason.code)
                #expect(error?.localizedDescription == reason.message)
                #expect(client.state == .disconnected(reason: reason))
            }
        }

        @Test("disconnect before anything else is nothing")
        func neverConnected() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(NoServer())
                await client.disconnect()
                #expect(client.state == .disconnected(reason: nil))
            }
        }
    }
}

extension SignalClient {
    fileprivate var closeReason: CloseReason? {
        if case .disconnected(let reason) = state { reason } else { nil }
    }
}

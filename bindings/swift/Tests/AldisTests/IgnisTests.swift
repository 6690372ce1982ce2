import Foundation
import Testing

@testable import Aldis

/// `@venizia/ignis-helpers` on Bun, where `scripts/test-swift` has started one.
/// `tests/interop/ignis` tells what it understands.
private struct Ignis: Server {
    static let address = ProcessInfo.processInfo.environment["ALDIS_IGNIS"]

    let url = "ws://\(Self.address ?? "")/ws"
}

extension Tests {
    /// Against the real server, which keeps the order of messages in neither direction.
    @Suite(.enabled(if: Ignis.address != nil, "scripts/test-swift starts the real server"))
    struct RealServer {
        @Test("connects, and knows who it is")
        func connects() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(Ignis(), token: "good-ann")
                let session = try await client.connect()
                #expect(session.userID == "ann")
                #expect(session.isEncrypted)
                let who: Who = try await client.request(NoPayload(), named: "who")
                #expect(who.id == session.clientID)
            }
        }

        @Test("requests find their replies in any order")
        func requests() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(Ignis(), token: "good-ann")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for n in 0..<300 {
                        group.addTask {
                            let reply: Numbered = try await client.request(
                                Numbered(n: n),
                                named: "echo"
                            )
                            #expect(reply.n == n)
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }

        @Test("a burst comes whole")
        func burst() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(Ignis(), token: "good-ann")
                let events = client.events(of: Numbered.self, named: "echo-many")
                try await client.send(EchoMany(n: 2_000, bytes: 100), named: "echo-many")
                #expect(try await events.first(2_000).map(\.n).sorted() == Array(0..<2_000))
            }
        }

        @Test("a refusal carries the reply")
        func refused() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(Ignis(), token: "good-ann")
                let error = try await failure {
                    try await client.requestJSON("1", named: "no-such-event")
                }
                guard case RequestError.refused(let reply, _) = error else {
                    Issue.record(error)
                    return
                }
                #expect(reply.json == #"{"message":"Unknown event: no-such-event"}"#)
            }
        }

        @Test("a token that is refused ends connect")
        func badToken() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(Ignis(), token: "bad")
                let error = try await failure { try await client.connect() } as? ConnectError
                #expect(error?.code == "auth_rejected")
            }
        }

        @Test("any Unicode survives")
        func unicode() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(Ignis(), token: "good-ann")
                let text = Text(text: "👩‍👩‍👧‍👦 שלום \0\u{2028}\u{10ffff}")
                #expect(try await client.request(text, named: "echo") == text)
            }
        }

        @Test("rooms are joined, left, and restored after a cut")
        func rooms() async throws {
            try await withTestBed { bed in
                let proxy = try await bed.proxy(beforeAddress: try #require(Ignis.address))
                let client = try await bed.client(proxy, token: "good-ann") {
                    $0.isQuick()
                    $0.rooms = ["of the config"]
                }
                let first = try await client.connect()
                try await client.join("joined", "left")
                try await client.leave("left")
                try await client.isIn("of the config", "joined")
                let said = client.events(of: Text.self, named: "said")
                try await proxy.cut("reset")
                let second = try await client.isAuthenticated(after: first)
                #expect(second.clientID != first.clientID)
                try await client.isIn("of the config", "joined")
                try await client.say(Text(text: "again"), in: "joined")
                #expect(try await said.first(1) == [Text(text: "again")])
            }
        }

        @Test("a server that closes is told apart from a line that broke")
        func closes() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(Ignis(), token: "good-ann") {
                    $0.maxRetries = 0
                    $0.baseInterval = .milliseconds(1)
                }
                try await client.sendJSON(#"{"code":4100,"reason":"enough"}"#, named: "close")
                try await client.reaches { $0.session == nil }
                #expect(client.stats?.lastClose?.closeCode == 4_100)
            }
        }
    }
}

extension SignalClient {
    /// A join is checked asynchronously there, and not acknowledged.
    fileprivate func isIn(_ rooms: String...) async throws {
        try await until("it is in \(rooms)") {
            let now = try await roomsAtTheServer()
            return now.isSuperset(of: rooms) && !now.contains("left")
        }
    }
}

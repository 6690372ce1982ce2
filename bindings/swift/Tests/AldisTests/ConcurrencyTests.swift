import Foundation
import Testing

@testable import Aldis

extension Tests {
    @Suite struct Concurrency {
        private struct OfSender: Codable, Sendable {
            let sender: Int
            let n: Int
        }

        @Test("many tasks send at once, and each one's messages come in its order")
        func senders() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                let echoes = client.events(of: OfSender.self, named: "echo")
                await withThrowingTaskGroup(of: Void.self) { group in
                    for sender in 0..<16 {
                        group.addTask {
                            for n in 0..<200 {
                                try await client.send(OfSender(sender: sender, n: n), named: "echo")
                            }
                        }
                    }
                }
                let all = try await echoes.first(16 * 200)
                for (sender, theirs) in Dictionary(grouping: all, by: \.sender) {
                    #expect(theirs.map(\.n) == Array(0..<200), "of sender \(sender)")
                }
            }
        }

        @Test("many may read one stream, and each element goes to one of them")
        func readers() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                let events = client.events(of: Numbered.self, named: "echo-many")
                let read = try await withThrowingTaskGroup(of: [Int].self) { group in
                    for _ in 0..<4 {
                        group.addTask { try await events.first(500).map(\.n) }
                    }
                    try await client.send(EchoMany(n: 2_000), named: "echo-many")
                    return try await group.reduce(into: []) { $0 += $1 }
                }
                #expect(read.sorted() == Array(0..<2_000))
            }
        }

        @Test("the app goes on where it was: the main actor stays the main actor")
        func mainActor() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                let echoes = client.messages(named: "echo")
                let onMain = Task { @MainActor in
                    try await client.sendJSON("1", named: "echo")
                    for await _ in echoes { break }
                    MainActor.assertIsolated()
                    _ = try await client.requestJSON("2", named: "echo")
                    MainActor.assertIsolated()
                }
                try await onMain.value
            }
        }

        #if os(Linux)
            @Test("the native side has a handful of threads, however many clients there are")
            func threads() async throws {
                try await withTestBed { bed in
                    let server = try await bed.aldis()
                    for _ in 0..<20 { _ = try await bed.connected(server) }
                    let names = Leftovers.threads
                    #expect(names.filter { $0.hasPrefix("aldis-dispatch") }.count == 1)
                    // Two for the connections, and up to four more that look names up.
                    #expect(names.count <= 7, "\(names)")
                }
            }
        #endif
    }
}

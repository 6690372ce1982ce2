import Testing

@testable import Aldis

extension Tests {
    @Suite struct Rounds {
        /// What memory may grow by in a thousand rounds. Allocators keep 0 to 220 kB; clients that
        /// stayed because they and the native side held each other took 1.5 MB.
        private static let slack = 1 << 20

        /// The objects that a client is made of.
        private struct Parts: Sendable {
            weak var client: SignalClient?
            weak var router: Router?
            weak var native: NativeClient?

            var isFreed: Bool { client == nil && router == nil && native == nil }
        }

        @Test("a thousand clients come and go without a trace")
        func rounds() async throws {
            try await withTestBed { bed in
                let server = try await bed.aldis()
                // What is made once for good, such as the threads of Swift's pool, is there then.
                _ = try await Self.rounds(250, at: server)
                let threads = Leftovers.threadCount
                let before = Leftovers.residentBytes
                let parts = try await Self.rounds(1_000, at: server)
                try await until("every client is freed") { parts.allSatisfy(\.isFreed) }
                #expect(parts.count == 1_000)
                let grown = Leftovers.residentBytes - before
                // A sanitizer keeps notes of all memory that was ever used.
                if !Programs.isSanitized { #expect(grown < Self.slack, "\(grown) bytes more") }
                // The library's own, which end by themselves; Swift's pool has one by processor.
                try await until("the threads of the library end") { Leftovers.threads.isEmpty }
                #expect(Leftovers.threadCount <= threads + 2)
                print("1,000 rounds: \(grown) bytes more, \(Leftovers.threadCount) threads")
            }
        }

        private static func rounds(_ rounds: Int, at server: AldisServer) async throws -> [Parts] {
            let atOnce = 4
            var parts: [Parts] = []
            for _ in 0..<(rounds / atOnce) {
                try await withThrowingTaskGroup(of: Parts.self) { group in
                    for _ in 0..<atOnce { group.addTask { try await round(at: server) } }
                    for try await one in group { parts.append(one) }
                }
            }
            return parts
        }

        /// Everything that a client has, in use when it is closed.
        private static func round(at server: AldisServer) async throws -> Parts {
            let config = SignalConfig(url: server.url)
            let client = try SignalClient(config: config) { _ in "ann" }
            let delegate = Listening()
            client.delegate = delegate
            let (messages, read) = (client.messages(), Signal())
            let reading = Task {
                for await message in messages where message.json == "1" { read.send() }
            }
            try await client.connect()
            try await client.sendJSON("1", named: "echo")
            #expect(try await client.requestJSON("2", named: "echo").json == "2")
            await read.wait()
            client.close()
            await reading.value
            return Parts(client: client, router: client.router, native: client.native)
        }

        private final class Listening: SignalClientDelegate {}
    }
}

import Testing

@testable import Aldis

extension Tests {
    @Suite struct Rounds {
        /// What memory may grow by in a thousand rounds: allocators keep some, and clients that stayed
        /// would take fifty times as much.
        private static let slack = 1 << 20

        @Test("a thousand clients come and go without a trace")
        func rounds() async throws {
            try await withTestBed { bed in
                let server = try await bed.aldis()
                // What is made once for good, such as the threads of Swift's pool, is there then.
                try await Self.rounds(250, at: server)
                let threads = Leftovers.threadCount
                let before = Leftovers.residentBytes
                try await Self.rounds(1_000, at: server)
                let grown = Leftovers.residentBytes - before
                #expect(grown < Self.slack, "\(grown) bytes more")
                // The library's own, which end by themselves; Swift's pool has one by processor.
                try await until("the threads of the library end") { Leftovers.threads.isEmpty }
                #expect(Leftovers.threadCount <= threads + 2)
                print("1,000 rounds: \(grown) bytes more, \(Leftovers.threadCount) threads")
            }
        }

        private static func rounds(_ rounds: Int, at server: AldisServer) async throws {
            let atOnce = 4
            for _ in 0..<(rounds / atOnce) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<atOnce { group.addTask { try await round(at: server) } }
                    try await group.waitForAll()
                }
            }
        }

        /// Everything that a client has, in use when it is closed.
        private static func round(at server: AldisServer) async throws {
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
        }

        private final class Listening: SignalClientDelegate {}
    }
}

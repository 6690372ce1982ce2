import Testing

@testable import Aldis

extension Tests {
    @Suite struct Rooms {
        @Test("members of a room get what is said in it")
        func members() async throws {
            try await withTestBed { bed in
                let server = try await bed.aldis()
                let ann = try await bed.connected(server)
                let ben = try await bed.connected(server, token: "ben")
                try await ann.join("lobby")
                try await ben.join("lobby")
                #expect(try await ann.roomsAtTheServer().contains("lobby"))
                let said = ann.events(of: Text.self, named: "said")
                try await ben.say(Text(text: "hello"), in: "lobby")
                #expect(try await said.first(1) == [Text(text: "hello")])
            }
        }

        @Test("a room that was left is silent")
        func leaves() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis()) { $0.rooms = ["a"] }
                try await client.join("b", "c")
                #expect(client.rooms == ["a", "b", "c"])
                try await client.leave(["a", "b"])
                #expect(client.rooms == ["c"])
                // A server may hold the leave of a room just joined.
                try await until("it has left b") {
                    try await !client.roomsAtTheServer().contains("b")
                }
                let rooms = try await client.roomsAtTheServer()
                #expect(rooms.contains("c") && !rooms.contains("a"))
            }
        }

        @Test("rooms that are joined before the connection stands are entered with it")
        func early() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(bed.aldis()) { $0.rooms = ["of the config"] }
                try await client.join(["early", "🦊"])
                let expected: Set = ["of the config", "early", "🦊"]
                #expect(client.rooms == expected)
                try await client.connect()
                #expect(try await client.roomsAtTheServer().isSuperset(of: expected))
            }
        }

        @Test("a name that cannot be a room's is refused with all of its list")
        func names() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                for name in ["", "ws:mine", String(repeating: "x", count: 257)] {
                    let error = try await failure { try await client.join("fine", name) }
                    guard case RoomError.invalidName(name, _, _) = error else {
                        Issue.record(error)
                        continue
                    }
                }
                #expect(client.rooms.isEmpty)
            }
        }

        @Test("rooms are bounded")
        func bounds() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(bed.aldis())
                try await client.join((0..<10_000).map { "room \($0)" })
                let error = try await failure { try await client.join("one more") }
                #expect((error as? RoomError)?.code == "too_many_rooms")
            }
        }
    }
}

extension SignalClient {
    func roomsAtTheServer() async throws -> Set<String> {
        try await request(NoPayload(), named: "who", returning: Who.self).rooms
    }

    func say(_ text: Text, in room: String) async throws {
        _ = try await request(
            ToRoom(room: room, event: "said", data: text),
            named: "room",
            returning: NoPayload.self
        )
    }
}

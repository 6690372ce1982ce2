import Aldis

/// What people say to each other.
struct Line: Codable, Sendable {
    let text: String
}

/// What the demo server passes on to everybody in a room.
struct ToRoom: Encodable, Sendable {
    let room: String
    let event: String
    let data: Line
}

/// What the demo server answers when it is asked who one is.
struct Me: Decodable {
    let rooms: [String]
}

/// Two people meet in a room. One says something; returned is what the other hears.
public func chat(at url: String, saying text: String) async throws -> String? {
    let config = SignalConfig(url: url, rooms: ["lobby"])
    let ann = try SignalClient(config: config) { _ in "ann" }
    let ben = try SignalClient(config: config) { _ in "ben" }
    defer { for client in [ann, ben] { client.close() } }
    var lines = ben.events(of: Line.self, named: "chat").makeAsyncIterator()
    for client in [ann, ben] {
        try await client.connect()
        // It is asked after the room, and so in it when the answer comes.
        let _: Me = try await client.request([String: String](), named: "who")
    }
    let said = ToRoom(room: "lobby", event: "chat", data: Line(text: text))
    try await ann.send(said, named: "room")
    return try await lines.next()?.text
}

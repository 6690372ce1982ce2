struct Text: Codable, Hashable, Sendable {
    var text: String
}

struct Numbered: Codable, Hashable, Sendable {
    var n: Int
}

/// Asks the server for `n` replies in a row, `Numbered` from 0.
struct EchoMany: Codable, Sendable {
    var n: Int
    var bytes = 0
}

/// What the server answers to `who`.
struct Who: Codable, Sendable {
    var id: String
    var userId: String?
    var rooms: Set<String>
}

/// Asks the server to send an event to the members of a room.
struct ToRoom: Codable, Sendable {
    var room: String
    var event: String
    var data: Text
}

struct NoPayload: Codable, Hashable, Sendable {}

final class Tree: Codable, Sendable {
    let child: Tree?
}

func numbered(_ count: Int) -> [Numbered] { (0..<count).map(Numbered.init) }

/// Where everybody meets; also the room of a line that names none.
let lobby = "lobby"

/// What somebody says in a room, as the chats of Aldis write it for each other.
struct Said: Codable, Hashable, Sendable {
    var room = lobby
    var from: String
    var text: String

    /// The sender's name for the line, by which it is known again. Not every chat gives one.
    var id: String?
}

extension Said {
    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        room = try fields.decodeIfPresent(String.self, forKey: .room) ?? lobby
        from = try fields.decode(String.self, forKey: .from)
        text = try fields.decode(String.self, forKey: .text)
        id = try fields.decodeIfPresent(String.self, forKey: .id)
    }
}

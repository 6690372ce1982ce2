import Foundation
import Testing

@testable import LampChat

@Suite struct RoomTests {
    private let now = Date(timeIntervalSince1970: 1_790_000_000)

    @Test("a line of ours that comes back is sent, and stands where everybody sees it")
    func comesBack() {
        var room = Room(lobby)
        room.write(line("1", "ann", "first", .sending))
        room.hear(said("2", "ben", "between"), at: now, me: "ann", isOpen: true)
        room.hear(said("1", "ann", "first"), at: now, me: "ann", isOpen: true)
        #expect(room.lines.map(\.id) == ["2", "1"])
        #expect(room.lines.map(\.delivery) == [.sent, .sent])
        room.settle("1", .failed(why: "late"))
        #expect(room.lines.last?.delivery == .sent)
    }

    @Test("what came before is not added again, and a name that others took is none")
    func twice() {
        var room = Room(lobby)
        room.hear(said("1", "ben", "hello"), at: now, me: "ann", isOpen: true)
        room.hear(said("1", "ben", "hello"), at: now, me: "ann", isOpen: true)
        #expect(room.lines.count == 1)
        room.hear(said("1", "eve", "hello"), at: now, me: "ann", isOpen: true)
        #expect(room.lines.map(\.from) == ["ben", "eve"])
        #expect(Set(room.lines.map(\.id)).count == 2)
        room.hear(said(nil, "ben", "no name"), at: now, me: "ann", isOpen: true)
        #expect(room.lines.count == 3)
    }

    @Test("it counts what others say while it is closed, and knows where that begins")
    func unread() {
        var chat = Chat(me: "ann", rooms: ["workshop"])
        chat.hear(said("1", "ben", "one", room: "workshop"), at: now)
        chat.hear(said("2", "ben", "two", room: "workshop"), at: now)
        chat.hear(said("3", "ann", "from elsewhere", room: "workshop"), at: now)
        chat.hear(said("4", "ben", "a room that we are not in", room: "cellar"), at: now)
        #expect(chat["workshop"]?.unread == 2)
        chat.open("workshop")
        #expect(chat["workshop"]?.unread == 0)
        #expect(chat["workshop"]?.firstUnread == "1")
        chat.open(lobby)
        #expect(chat["workshop"]?.firstUnread == nil)
    }

    @Test("it forgets the oldest lines")
    func forgets() {
        var room = Room(lobby)
        for n in 0...Room.kept {
            room.hear(said("\(n)", "ben", "\(n)"), at: now, me: "ann", isOpen: true)
        }
        #expect(room.lines.count == Room.kept)
        #expect(room.lines.first?.id == "1")
    }

    @Test("a line without a room is the lobby's; what is no line is none")
    func wire() throws {
        let line = try decode(#"{"from":"ben","text":"hi","more":1}"#)
        #expect(line == Said(from: "ben", text: "hi"))
        #expect(throws: DecodingError.self) { try decode(#"{"from":"ben"}"#) }
    }

    @Test("lines of one sender are a group, until another day, a pause, or what is new")
    func groups() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        var chat = Chat(me: "ann", rooms: ["workshop"])
        let times: [TimeInterval] = [-86_400, 0, 60, 600]
        for (n, time) in times.enumerated() {
            if n == 2 { chat.open(lobby) }
            if n == 0 { chat.open("workshop") }
            let at = now.addingTimeInterval(time)
            chat.hear(said("\(n)", "ben", "text", room: "workshop"), at: at)
        }
        let placed = try #require(chat["workshop"]).placed(today: now, in: calendar)
        #expect(placed.map(\.day) == ["Yesterday", "Today", nil, nil])
        #expect(placed.map(\.isNew) == [false, false, true, false])
        #expect(placed.map(\.isHead) == [true, true, true, true])
        chat.open("workshop")
        chat.open(lobby)
        let read = try #require(chat["workshop"]).placed(today: now, in: calendar)
        #expect(read.map(\.isHead) == [true, true, false, true])
    }

    @Test("the banner counts down to 1, and then says nothing that is not true")
    func words() {
        let next = now.addingTimeInterval(3.2)
        let waiting = Connection.reconnecting(attempt: 3, at: next, reason: "it was cut")
        #expect(waiting.words(at: now).text == "Reconnecting: attempt 3")
        #expect(waiting.words(at: now).countdown == "in 4 s")
        #expect(waiting.words(at: next.addingTimeInterval(-0.1)).countdown == "in 1 s")
        #expect(waiting.words(at: next.addingTimeInterval(9)).countdown == "in 0 s")
        let offline = Connection.reconnecting(attempt: 1, at: nil, reason: nil)
        #expect(
            offline.words(at: now).text == "Reconnecting: attempt 1 as soon as there is a network"
        )
    }

    @Test("the search finds people and lines by all words, whatever their case and accents")
    func search() {
        var chat = Chat(me: "ann", rooms: ["workshop"])
        chat.hear(said("1", "Zoë", "The lamp is mended", room: "workshop"), at: now)
        chat.hear(said("2", "ben", "A LAMP for zoe"), at: now.addingTimeInterval(1))
        #expect(Query("lamp").hits(in: chat).map(\.place.line) == ["2", "1"])
        #expect(Query("zoe").hits(in: chat).map(\.id) == ["person Zoë", "line 2 in lobby"])
        #expect(Query("mended LAMP").hits(in: chat).map(\.place.room) == ["workshop"])
        #expect(Query("candle").hits(in: chat).isEmpty)
        #expect(Query("  ").hits(in: chat).isEmpty)
        #expect(Query("lamp").hits(in: chat, limit: 1).count == 1)
    }

    @Test("it shows where the words stand")
    func pieces() {
        let pieces = Query("é lamp").pieces(of: "The Lamps there")
        #expect(pieces.filter(\.isMatch).map(\.text) == ["e", "Lamp", "e", "e"])
        #expect(pieces.map(\.text).joined() == "The Lamps there")
        #expect(Query("").pieces(of: "all").map(\.isMatch) == [false])
    }

    private func said(
        _ id: String?,
        _ from: String,
        _ text: String,
        room: String = lobby
    ) -> Said {
        Said(room: room, from: from, text: text, id: id)
    }

    private func line(_ id: String, _ from: String, _ text: String, _ is: Line.Delivery) -> Line {
        Line(id: id, from: from, text: text, at: now, delivery: `is`)
    }

    private func decode(_ json: String) throws -> Said {
        try JSONDecoder().decode(Said.self, from: Data(json.utf8))
    }
}

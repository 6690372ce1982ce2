import Foundation

/// The rooms that we are in, and the one that is open.
struct Chat: Hashable, Sendable {
    /// Our name.
    let me: String
    private(set) var rooms: [Room]
    private(set) var open = lobby

    init(me: String, rooms: [String] = []) {
        self.me = me
        self.rooms = [Room(lobby)] + rooms.filter { $0 != lobby }.map { Room($0) }
    }

    subscript(name: String) -> Room? {
        rooms.first { $0.name == name }
    }

    /// Adds a room, if it is new, and opens it.
    mutating func enter(_ name: String) {
        if self[name] == nil { rooms.append(Room(name)) }
        open(name)
    }

    /// Forgets a room; where it was open, the lobby is next.
    mutating func leave(_ name: String) {
        if open == name { open(lobby) }
        rooms.removeAll { $0.name == name && name != lobby }
    }

    /// Opens a room, whose lines are read then.
    mutating func open(_ name: String) {
        guard name != open, self[name] != nil else { return }
        change(open) { $0.wasClosed() }
        change(name) { $0.wasOpened() }
        open = name
    }

    /// Changes a room, if we are in it.
    mutating func change(_ name: String, _ change: (inout Room) -> Void) {
        guard let at = rooms.firstIndex(where: { $0.name == name }) else { return }
        change(&rooms[at])
    }

    /// Adds what came from a room that we are in.
    mutating func hear(_ said: Said, at now: Date) {
        let (me, isOpen) = (me, said.room == open)
        change(said.room) { $0.hear(said, at: now, me: me, isOpen: isOpen) }
    }

    /// Who was heard in any room, by name; we are the first.
    var people: [String] {
        let heard = Set(rooms.flatMap { $0.lines.map(\.from) }).subtracting([me])
        return [me] + heard.sorted { $0.localizedStandardCompare($1) == .orderedAscending }
    }
}

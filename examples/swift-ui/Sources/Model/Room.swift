import Foundation

/// A line in a room.
struct Line: Identifiable, Hashable, Sendable {
    enum Delivery: Hashable, Sendable {
        case sending
        /// The server has passed it on, whoever wrote it.
        case sent
        case failed(why: String)
    }

    /// Unique in its room.
    let id: String
    let from: String
    let text: String

    /// When it came, or was written here.
    var at: Date
    var delivery = Delivery.sent

    var hasFailed: Bool {
        if case .failed = delivery { true } else { false }
    }
}

/// A room that we are in, and what was said there. No clock, no connection.
struct Room: Identifiable, Hashable, Sendable {
    /// Lines that a room remembers.
    static let kept = 1_000

    let name: String
    private(set) var lines: [Line] = []

    /// Lines of others that came while another room was open.
    private(set) var unread = 0

    /// The first of them, also after they were read, until the room is closed.
    private(set) var firstUnread: Line.ID?

    var id: String { name }

    init(_ name: String) {
        self.name = name
    }

    /// Adds a line of ours, which is on its way; one that is there already goes to the end.
    mutating func write(_ line: Line) {
        lines.removeAll { $0.id == line.id }
        append(line)
    }

    /// Says how a line of ours fared. One that came back all the same stays sent.
    mutating func settle(_ id: Line.ID, _ delivery: Line.Delivery) {
        guard let at = lines.lastIndex(where: { $0.id == id }) else { return }
        if lines[at].delivery == .sending { lines[at].delivery = delivery }
    }

    /// Adds what came. A line of ours that comes back is sent, and stands where everybody sees it;
    /// one that came before is not added again.
    mutating func hear(_ said: Said, at now: Date, me: String, isOpen: Bool) {
        let known = said.id.flatMap { id in lines.last { $0.id == id } }
        if var known, known.from == said.from {
            guard said.from == me else { return }
            known.delivery = .sent
            return write(known)
        }
        // A name that somebody else has given already is as good as none.
        let id = known == nil ? said.id : nil
        let line = Line(id: id ?? UUID().uuidString, from: said.from, text: said.text, at: now)
        append(line)
        guard !isOpen, said.from != me else { return }
        unread += 1
        firstUnread = firstUnread ?? line.id
    }

    mutating func wasOpened() {
        unread = 0
    }

    mutating func wasClosed() {
        firstUnread = nil
    }

    private mutating func append(_ line: Line) {
        lines.append(line)
        if lines.count > Self.kept { lines.removeFirst(lines.count - Self.kept) }
    }
}

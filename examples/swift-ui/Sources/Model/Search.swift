import Foundation

/// What was found.
enum Hit: Identifiable, Hashable, Sendable {
    /// Somebody, and the latest line of theirs.
    case person(String, room: String, line: Line)
    case line(Line, room: String)

    var id: String {
        switch self {
        case .person(let name, _, _): "person \(name)"
        case .line(let line, let room): "line \(line.id) in \(room)"
        }
    }

    /// Where it leads.
    var place: Place {
        switch self {
        case .person(_, let room, let line), .line(let line, let room):
            Place(room: room, line: line.id)
        }
    }
}

/// A line that is to be shown.
struct Place: Hashable, Sendable {
    let room: String
    let line: Line.ID
}

/// A part of a text that matches, or does not.
struct Piece: Hashable, Sendable {
    let text: String
    let isMatch: Bool
}

/// Words to be found, whatever their case and accents.
struct Query: Hashable, Sendable {
    private static let options: String.CompareOptions = [.caseInsensitive, .diacriticInsensitive]

    private let words: Set<String>

    init(_ text: String) {
        words = Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
    }

    var isEmpty: Bool { words.isEmpty }

    /// Whether a text has all of the words.
    func matches(_ text: String) -> Bool {
        words.allSatisfy { text.range(of: $0, options: Self.options) != nil }
    }

    /// What has all of the words: people first, then lines, the latest first.
    func hits(in chat: Chat, limit: Int = 50) -> [Hit] {
        guard !isEmpty else { return [] }
        let all = chat.rooms
            .flatMap { room in room.lines.map { (line: $0, room: room.name) } }
            .sorted { $0.line.at > $1.line.at }
        let people = chat.people.filter(matches).compactMap { name in
            all.first { $0.line.from == name }.map {
                Hit.person(name, room: $0.room, line: $0.line)
            }
        }
        let lines = all.lazy.filter { matches($0.line.text) }
            .map { Hit.line($0.line, room: $0.room) }
        return Array((people + lines.prefix(limit)).prefix(limit))
    }

    /// A text in pieces, of which some match.
    func pieces(of text: String) -> [Piece] {
        var pieces: [Piece] = []
        var rest = text[...]
        while let match = next(in: rest) {
            if rest.startIndex < match.lowerBound {
                let before = rest[..<match.lowerBound]
                pieces.append(Piece(text: String(before), isMatch: false))
            }
            pieces.append(Piece(text: String(rest[match]), isMatch: true))
            rest = rest[match.upperBound...]
        }
        if !rest.isEmpty { pieces.append(Piece(text: String(rest), isMatch: false)) }
        return pieces
    }

    /// The first match; the longest of those that begin there.
    private func next(in text: Substring) -> Range<Substring.Index>? {
        words.compactMap { text.range(of: $0, options: Self.options) }
            .filter { !$0.isEmpty }
            .min { ($0.lowerBound, $1.upperBound) < ($1.lowerBound, $0.upperBound) }
    }
}

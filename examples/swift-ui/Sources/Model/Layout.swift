import Foundation

/// A line as it follows the one before it on the screen.
struct PlacedLine: Identifiable, Hashable, Sendable {
    let line: Line

    /// The day that begins with it.
    let day: String?

    /// What is new begins with it.
    let isNew: Bool

    /// It begins a group: others of the same sender follow without another head.
    let isHead: Bool

    var id: Line.ID { line.id }
}

extension Room {
    /// Lines of one sender are a group until they pause for so long.
    private static let pause: TimeInterval = 5 * 60

    func placed(today: Date, in calendar: Calendar = .current) -> [PlacedLine] {
        var previous: Line?
        return lines.map { line in
            defer { previous = line }
            let begins = previous.map { !calendar.isDate($0.at, inSameDayAs: line.at) } ?? true
            let isNew = line.id == firstUnread
            let follows = previous.map {
                $0.from == line.from && line.at.timeIntervalSince($0.at) < Self.pause
            }
            return PlacedLine(
                line: line,
                day: begins ? line.at.dayName(today: today, in: calendar) : nil,
                isNew: isNew,
                isHead: begins || isNew || follows != true
            )
        }
    }
}

extension Date {
    /// `Today`, `Yesterday`, or the date.
    func dayName(today: Date, in calendar: Calendar = .current) -> String {
        if calendar.isDate(self, inSameDayAs: today) { return "Today" }
        let yesterday = calendar.date(byAdding: .day, value: -1, to: today)
        if let yesterday, calendar.isDate(self, inSameDayAs: yesterday) { return "Yesterday" }
        return formatted(date: .complete, time: .omitted)
    }

    var timeOfDay: String { formatted(date: .omitted, time: .shortened) }
}

extension String {
    /// One of so many colours, always the same for a name.
    func tint(of count: Int) -> Int {
        // FNV-1a: Swift's own hashes are others in every process.
        let hash = utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return Int(hash % UInt32(count))
    }

    /// What stands for a name in its circle.
    var initial: String {
        first { !$0.isWhitespace }.map { $0.uppercased() } ?? "?"
    }
}

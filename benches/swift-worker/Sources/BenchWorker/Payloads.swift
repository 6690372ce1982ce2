import Foundation

/// Names of the events that `bench-server` understands.
enum Event {
    /// A ``Flood``: the server sends that many ``tick``s.
    static let flood = "flood"
    /// A ``Tick`` from the server.
    static let tick = "tick"
    /// A ``Tick`` that comes back as the reply.
    static let echo = "echo"
    /// A ``Tick`` that the server counts.
    static let sink = "sink"
    /// Asks for the ``SinkCount`` since the last time.
    static let count = "count"
}

/// What is sent either way.
struct Tick: Codable, Sendable, Equatable {
    /// 0, 1, 2, …
    let seq: Int
    /// Microseconds since 1970.
    let at: Int
    /// What makes the message as long as it is.
    let text: String
}

/// The order to send ticks of about so many bytes of JSON.
struct Flood: Codable, Sendable {
    let count: Int
    let bytes: Int
}

/// What the server has counted.
struct SinkCount: Codable, Sendable, Equatable {
    let received: Int
    let inOrder: Bool
}

/// Nothing but braces.
struct Empty: Codable, Sendable {}

/// The texts of the ticks, as the server makes them: not all ASCII in every eighth.
struct Texts: Sendable {
    private static let words =
        "a message as people and programs send it: some words, 42 numbers, and so on; "
    private static let tickWithoutTextBytes = 48
    private static let notASCIIEvery = 8

    private let ascii: String
    private let notASCII: String

    init(bytes: Int) {
        let length = max(0, bytes - Self.tickWithoutTextBytes)
        let words = String(repeating: Self.words, count: length / Self.words.count + 1)
        ascii = String(words.prefix(length))
        notASCII = ascii.isEmpty ? ascii : "é" + ascii.dropFirst()
    }

    /// The text of the tick of this number.
    func of(_ seq: Int) -> String {
        seq % Self.notASCIIEvery == 0 ? notASCII : ascii
    }

    /// The tick of this number, now.
    func tick(_ seq: Int) -> Tick {
        Tick(seq: seq, at: Int(Date().timeIntervalSince1970 * 1e6), text: of(seq))
    }

    /// Whether this could be the text of the tick of this number; a quick look.
    func fits(_ seq: Int, _ text: String) -> Bool {
        let expected = of(seq)
        return text.utf8.count == expected.utf8.count
            && text.unicodeScalars.first == expected.unicodeScalars.first
    }
}

/// What goes wrong with the messages.
struct Failure: Error, CustomStringConvertible {
    let description: String
}

/// The app that receives a lot: it looks at each tick.
struct Lot: Sendable {
    private let size: Int
    private let texts: Texts
    private var next = 0

    init(_ size: Int, texts: Texts) {
        self.size = size
        self.texts = texts
    }

    /// Whether all ticks have come.
    var isWhole: Bool { next == size }

    /// Takes the next tick.
    mutating func take(_ tick: Tick) throws {
        guard tick.seq == next else {
            throw Failure(description: "tick \(next) was expected, and \(tick.seq) came")
        }
        guard texts.fits(tick.seq, tick.text) else {
            throw Failure(description: "the text of tick \(next) is another one")
        }
        next += 1
    }
}

extension Contestant {
    /// Receives lot by lot.
    func receive(_ load: Order.Load) async throws -> Reading {
        let texts = Texts(bytes: load.bytes)
        return try await lots(load) { try await receive(load, texts) }
    }

    /// Sends lot by lot, each until the server has counted it.
    func send(_ load: Order.Load) async throws -> Reading {
        let texts = Texts(bytes: load.bytes)
        let expected = SinkCount(received: load.lot, inOrder: true)
        return try await lots(load) {
            for seq in 0..<load.lot { try await sink(texts.tick(seq)) }
            let counted = try await count()
            guard counted == expected else {
                throw Failure(description: "\(counted) of \(load.lot)")
            }
        }
    }

    /// Echoes, as many at once as there is room for in the window.
    func echo(_ load: Order.Load, window: Int) async throws -> Reading {
        let texts = Texts(bytes: load.bytes)
        let start = ContinuousClock.now
        let end = start + .milliseconds(load.millis)
        let times = try await withThrowingTaskGroup(of: [Int].self) { group in
            for first in 0..<window {
                group.addTask {
                    try await echo(load.lot, texts, numbers: (first, by: window), until: end)
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        return Reading(of: times, wall: start.nanoseconds)
    }

    /// Connects lot by lot.
    static func connect(_ lot: Int, millis: Int, to url: String) async throws -> Reading {
        var times: [Int] = []
        var total = 0
        repeat {
            for _ in 0..<lot {
                let start = ContinuousClock.now
                let client = try await connect(to: url)
                times.append(start.nanoseconds)
                total += start.nanoseconds
                client.close()
            }
        } while total < millis * 1_000_000
        return Reading(of: times, wall: times.reduce(0, +))
    }

    /// Receives one lot.
    func receive(_ load: Order.Load, _ texts: Texts) async throws {
        let order = Flood(count: load.lot, bytes: load.bytes)
        let lot = try await flood(order, into: Lot(load.lot, texts: texts))
        guard lot.isWhole else { throw Failure(description: "not all of \(load.lot) ticks came") }
    }

    private func echo(
        _ lot: Int,
        _ texts: Texts,
        numbers: (first: Int, by: Int),
        until end: ContinuousClock.Instant
    ) async throws -> [Int] {
        var times: [Int] = []
        var seq = numbers.first
        repeat {
            for _ in 0..<lot {
                let start = ContinuousClock.now
                let tick = texts.tick(seq)
                guard try await echo(tick) == tick else {
                    throw Failure(description: "echo \(seq) is not what was sent")
                }
                times.append(start.nanoseconds)
                seq += numbers.by
            }
        } while ContinuousClock.now < end
        return times
    }

    private func lots(_ load: Order.Load, _ lot: () async throws -> Void) async throws -> Reading {
        let start = ContinuousClock.now
        var count = 0
        repeat {
            try await lot()
            count += load.lot
        } while start.nanoseconds < load.millis * 1_000_000
        return Reading(count: count, wall: start.nanoseconds)
    }
}

import Foundation

/// Does what one contestant is told to do.
///
/// Orders come one at a time. How long one may take, the race knows, and ends who takes longer.
final class Worker {
    /// Of the tick of ``Order/first``.
    private static let firstBytes = 100

    private let contestant: any Contestant.Type
    private let url: String
    private var kept: [any Contestant] = []

    init(_ contestant: any Contestant.Type, url: String) {
        self.contestant = contestant
        self.url = url
    }

    /// Does the order of a line, and says in a line what was measured. Throws if a message is lost,
    /// doubled, out of order, or another one.
    func answer(_ line: String) async throws -> String {
        let order = try JSONDecoder().decode(Order.self, from: Data(line.utf8))
        let reading = try await carryOut(order)
        let dropped = kept.reduce(0) { $0 + $1.dropped }
        guard dropped == 0 else { throw Failure(description: "\(dropped) messages were dropped") }
        try await settle()
        return String(decoding: try JSONEncoder().encode(reading), as: UTF8.self)
    }

    /// Closes all clients.
    func close() {
        for client in kept { client.close() }
    }

    private func carryOut(_ order: Order) async throws -> Reading {
        switch order {
        case .receive(let load): return try await client().receive(load)
        case .send(let load): return try await client().send(load)
        case .echo(let load, let window): return try await client().echo(load, window: window)
        case .connect(let lot, let millis):
            return try await contestant.connect(lot, millis: millis, to: url)
        case .hold(let clients):
            let start = ContinuousClock.now
            try await keep(clients)
            return Reading(count: kept.count, wall: start.nanoseconds)
        case .first:
            let start = ContinuousClock.now
            let load = Order.Load(bytes: Self.firstBytes, lot: 1, millis: 0)
            try await client().receive(load, Texts(bytes: load.bytes))
            return Reading(count: 1, wall: start.nanoseconds)
        }
    }

    /// The connection for all the messages.
    private func client() async throws -> any Contestant {
        try await keep(1)
        return kept[0]
    }

    private func keep(_ clients: Int) async throws {
        while kept.count < clients { kept.append(try await contestant.connect(to: url)) }
    }
}

import Aldis

/// Aldis as most apps use it: typed streams, defaults everywhere.
struct AldisStream: AldisClient {
    let client: SignalClient

    func flood(_ order: Flood, into lot: Lot) async throws -> Lot {
        var lot = lot
        let ticks = client.events(of: Tick.self, named: Event.tick)
        try await client.send(order, named: Event.flood)
        for try await tick in ticks {
            try lot.take(tick)
            if lot.isWhole { break }
        }
        return lot
    }
}

import Aldis

/// Aldis by calls.
struct AldisDelegate: AldisClient {
    let client: SignalClient

    func flood(_ order: Flood, into lot: Lot) async throws -> Lot {
        let ticks = Ticks(lot)
        client.delegate = ticks
        defer { client.delegate = nil }
        try await client.send(order, named: Event.flood)
        return try await ticks.whole()
    }
}

/// The part of an app that hears of messages.
private actor Ticks: SignalClientDelegate {
    private var lot: Lot
    private var failure: (any Error)?
    private var waiting: CheckedContinuation<Lot, any Error>?

    init(_ lot: Lot) {
        self.lot = lot
    }

    /// Waits for the last tick, or for one that is wrong.
    func whole() async throws -> Lot {
        if let failure { throw failure }
        if lot.isWhole { return lot }
        return try await withCheckedThrowingContinuation { waiting = $0 }
    }

    func signalClient(_ client: SignalClient, didReceive message: Message) {
        guard message.event == Event.tick, failure == nil else { return }
        do {
            try lot.take(message.decode())
            if lot.isWhole { waiting?.resume(returning: lot) }
        } catch {
            failure = error
            waiting?.resume(throwing: error)
        }
    }
}

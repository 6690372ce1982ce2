import AldisFFI

/// The state that the app sees. It never goes back to an older one.
final class States: Sendable {
    private typealias Watcher = AsyncStream<ConnectionState>.Continuation

    private struct Board {
        var latest = ConnectionState.disconnected(reason: nil)
        var watchers: [UInt64: Watcher] = [:]
        var nextWatcher: UInt64 = 0
        var isEnded = false
    }

    /// State and session are read one after the other, and may change in between.
    private static let attempts = 3

    private let board = Locked(Board())

    var latest: ConnectionState { board.withLock { $0.latest } }

    /// The latest state, and the later ones. Who is slow gets the latest alone.
    var stream: AsyncStream<ConnectionState> {
        let (stream, watcher) = AsyncStream<ConnectionState>.makeStream(
            bufferingPolicy: .bufferingNewest(1)
        )
        let (id, isEnded) = board.withLock { board in
            board.nextWatcher += 1
            watcher.yield(board.latest)
            if !board.isEnded { board.watchers[board.nextWatcher] = watcher }
            return (board.nextWatcher, board.isEnded)
        }
        watcher.onTermination = { [weak self] _ in
            self?.board.withLock { _ = $0.watchers.removeValue(forKey: id) }
        }
        if isEnded { watcher.finish() }
        return stream
    }

    /// Takes the state as it is now. What the native side told may be older by the time. It is asked
    /// under the lock: of two answers the older one could be taken last otherwise.
    func refresh(from native: NativeClient) {
        board.withLock { board in
            let state = Self.read(native) ?? board.latest
            guard state != board.latest, !board.isEnded else { return }
            board.latest = state
            for watcher in board.watchers.values { watcher.yield(state) }
        }
    }

    /// Ends the streams behind the latest state.
    func end() {
        let watchers = board.withLock { board in
            board.isEnded = true
            return Array(board.watchers.values)
        }
        // Outside of the lock: a watcher that ends takes itself out.
        for watcher in watchers { watcher.finish() }
    }

    private static func read(_ native: NativeClient) -> ConnectionState? {
        for _ in 0..<attempts {
            let change = native.state()
            let session = change.state == .authenticated ? native.session() : nil
            if let state = ConnectionState(change, session: session) { return state }
        }
        // The session has ended, and its end is about to be told.
        return nil
    }
}

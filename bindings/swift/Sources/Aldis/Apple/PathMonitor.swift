#if canImport(Network)
    import Dispatch
    import Network

    /// Listens to the system's network, and tells what follows from it.
    ///
    /// Sendable, though the compiler cannot see it: `monitor` is set up in `init`, and after that
    /// only cancelled, which any thread may do; all else is Sendable by itself.
    final class PathMonitor: @unchecked Sendable {
        private let monitor = NWPathMonitor()
        private let queue = DispatchQueue(label: "dev.aldis.network")
        private let clock = ContinuousClock()
        private let start: ContinuousClock.Instant
        private let tracker = Locked(NetworkTracker(startedAt: .zero))
        private let tell: @Sendable (Hint) -> Void

        init(tell: @escaping @Sendable (Hint) -> Void) {
            self.tell = tell
            start = clock.now
            monitor.pathUpdateHandler = { [weak self] path in self?.take(path) }
            monitor.start(queue: queue)
            queue.async { [weak self] in self?.look() }
        }

        func cancel() {
            monitor.cancel()
        }

        private var now: Duration { clock.now - start }

        private func take(_ path: NWPath) {
            let link = Self.link(of: path)
            tracker.withLock { $0.take(link, at: now) }
            look()
        }

        /// Tells what is due, and looks again when the next hint will be.
        private func look() {
            let (hint, dueAt) = tracker.withLock { ($0.due(at: now), $0.dueAt) }
            if let hint { tell(hint) }
            guard let dueAt else { return }
            let wait = DispatchTimeInterval.milliseconds(Int((dueAt - now).wholeMilliseconds) + 1)
            queue.asyncAfter(deadline: .now() + wait) { [weak self] in self?.look() }
        }

        /// The interface that the system prefers; nil without a network.
        private static func link(of path: NWPath) -> NetworkTracker.Link? {
            guard path.status == .satisfied, let first = path.availableInterfaces.first else {
                return nil
            }
            let gateways = Set(path.gateways.map { String(describing: $0) })
            return NetworkTracker.Link(interface: first.name, gateways: gateways)
        }
    }
#endif

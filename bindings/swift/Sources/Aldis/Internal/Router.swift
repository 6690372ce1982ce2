import AldisFFI

/// Something that happened, for the delegate.
enum Happening: Sendable {
    case message(Message)
    case state(ConnectionState)
    case connected(Session)
    case report(SignalReport)
}

/// Takes what comes from the native side to those who want it, in order.
///
/// The native thread itself does so: it only moves values into mailboxes, and wakes who reads them.
/// While a mailbox that holds back is full, the native side is asked for a pause; whoever makes room
/// ends it.
final class Router: Sendable {
    /// Who wants what now.
    private struct Routes {
        var byEvent: [String: [Mailbox<Message>]] = [:]
        var everything: [Mailbox<Message>] = []
        var reports: [Mailbox<SignalReport>] = []
        var delegate: Mailbox<Happening>?

        /// Those for messages, each with the event that it is for; nil for all.
        var streams: [(event: String?, mailbox: Mailbox<Message>)] {
            var streams: [(String?, Mailbox<Message>)] = everything.map { (nil, $0) }
            for (event, mailboxes) in byEvent {
                for mailbox in mailboxes { streams.append((event, mailbox)) }
            }
            return streams
        }

        var isAnyFull: Bool {
            if let delegate, delegate.isFull { return true }
            if everything.contains(where: { $0.isFull }) { return true }
            return byEvent.values.contains { $0.contains { $0.isFull } }
        }

        var waiting: Int {
            var waiting = delegate?.count ?? 0
            for (_, mailbox) in streams { waiting += mailbox.count }
            for mailbox in reports { waiting += mailbox.count }
            return waiting
        }
    }

    private struct State {
        var routes = Routes()
        var dropped = 0
        var unclaimed = 0
        var isPaused = false
        var isClosed = false
    }

    private static let reportsLimit = 64

    private let state = Locked(State())
    private let resume: @Sendable () -> Void

    /// Asks for more by `resume` after a pause.
    init(resume: @escaping @Sendable () -> Void) {
        self.resume = resume
    }

    var lag: Lag {
        state.withLock {
            Lag(
                waiting: $0.routes.waiting,
                dropped: $0.dropped,
                unclaimed: $0.unclaimed,
                isHeldBack: $0.isPaused
            )
        }
    }

    /// Those that hold the client back now, for people.
    var holders: [String] {
        state.withLock { state in
            let full = state.routes.streams.filter { $0.mailbox.isFull }
            let streams = full.map { $0.event.map { "a stream of `\($0)`" } ?? "a stream of all" }
            let isDelegateFull = state.routes.delegate?.isFull ?? false
            return (isDelegateFull ? ["the delegate"] : []) + streams.sorted()
        }
    }

    /// Opens a mailbox for the messages of an event, or of all.
    func openMessages(named event: String?, _ policy: BufferingPolicy) -> Subscription<Message> {
        let mailbox = Mailbox<Message>(policy) { [weak self] in self?.goOn() }
        open(mailbox) { routes in
            if let event {
                routes.byEvent[event, default: []].append(mailbox)
            } else {
                routes.everything.append(mailbox)
            }
        }
        return Subscription(mailbox) { [weak self] in
            self?.remove { routes in
                if let event {
                    routes.byEvent[event]?.removeAll { $0 === mailbox }
                    if routes.byEvent[event]?.isEmpty ?? false { routes.byEvent[event] = nil }
                } else {
                    routes.everything.removeAll { $0 === mailbox }
                }
            }
        }
    }

    /// Opens a mailbox for reports.
    func openReports() -> Subscription<SignalReport> {
        let mailbox = Mailbox<SignalReport>(.dropOldest(limit: Self.reportsLimit), roomMade: {})
        open(mailbox) { $0.reports.append(mailbox) }
        return Subscription(mailbox) { [weak self] in
            self?.remove { $0.reports.removeAll { $0 === mailbox } }
        }
    }

    /// Opens the mailbox of the delegate, and ends the one of the former delegate.
    func openDelegate() -> Subscription<Happening> {
        let mailbox = Mailbox<Happening>(.holdBack()) { [weak self] in self?.goOn() }
        open(mailbox) { $0.delegate = mailbox }
        return Subscription(mailbox) { [weak self] in
            self?.remove { if $0.delegate === mailbox { $0.delegate = nil } }
        }
    }

    /// Delivers what came. For one thread at a time; the answer is whether more may come.
    func deliver(_ events: [SignalEvent]) -> Demand {
        let routes = state.withLock { $0.routes }
        var unclaimed = 0
        for event in events {
            switch event {
            case .message(let message):
                if !deliver(Message(message), to: routes) { unclaimed += 1 }
            case .state(let change):
                // That of a session comes with the session.
                guard let state = ConnectionState(change, session: nil) else { continue }
                routes.delegate?.put(.state(state))
            case .connected(let session):
                let session = Session(session)
                routes.delegate?.put(.state(.authenticated(session)))
                routes.delegate?.put(.connected(session))
            case .lagged(let missed):
                state.withLock { $0.dropped += Int(clamping: missed) }
                report(.lagged(missed: Int(clamping: missed)))
            }
        }
        return demand(after: unclaimed, of: routes)
    }

    /// Delivers messages alone, as the lane brings them; otherwise like the other `deliver`.
    func deliver(_ messages: LaneBatch) -> Demand {
        let routes = state.withLock { $0.routes }
        var unclaimed = 0
        for message in messages where !deliver(message, to: routes) { unclaimed += 1 }
        return demand(after: unclaimed, of: routes)
    }

    /// Tells whoever wants to know, without waiting for anybody.
    func report(_ report: SignalReport) {
        let routes = state.withLock { $0.routes }
        for mailbox in routes.reports { mailbox.put(report) }
        routes.delegate?.put(.report(report))
    }

    /// Ends all mailboxes, behind what is in them, and those that are opened later.
    func close() {
        let routes = state.withLock { state in
            state.isClosed = true
            state.isPaused = false
            return state.routes
        }
        for (_, mailbox) in routes.streams { mailbox.close() }
        for mailbox in routes.reports { mailbox.close() }
        // Whoever closes a client hears no more of it.
        routes.delegate?.close(discarding: true)
    }

    private func deliver(_ message: Message, to routes: Routes) -> Bool {
        let named = routes.byEvent[message.event] ?? []
        for mailbox in named { mailbox.put(message) }
        for mailbox in routes.everything { mailbox.put(message) }
        routes.delegate?.put(.message(message))
        return !named.isEmpty || !routes.everything.isEmpty || routes.delegate != nil
    }

    /// Notes what a delivery has brought about. The answer is whether more may come.
    private func demand(after unclaimed: Int, of routes: Routes) -> Demand {
        tellOfMissed(routes)
        return state.withLock { state in
            state.unclaimed += unclaimed
            state.isPaused = !state.isClosed && state.routes.isAnyFull
            return state.isPaused ? .pause : .more
        }
    }

    /// Counts what the mailboxes dropped, and tells of each stream that is too slow.
    private func tellOfMissed(_ routes: Routes) {
        var dropped = routes.delegate?.takeMissed() ?? 0
        for mailbox in routes.reports { dropped += mailbox.takeMissed() }
        var reports: [SignalReport] = []
        for (event, mailbox) in routes.streams {
            let missed = mailbox.takeMissed()
            guard missed > 0 else { continue }
            dropped += missed
            reports.append(.streamLagged(event: event, missed: missed))
        }
        guard dropped > 0 else { return }
        state.withLock { $0.dropped += dropped }
        for report in reports { self.report(report) }
    }

    private func open<Element>(_ mailbox: Mailbox<Element>, _ add: (inout Routes) -> Void) {
        let isClosed = state.withLock { state in
            if !state.isClosed { add(&state.routes) }
            return state.isClosed
        }
        if isClosed { mailbox.close() }
    }

    private func remove(_ change: (inout Routes) -> Void) {
        state.withLock { change(&$0.routes) }
        goOn()
    }

    /// Ends a pause for which there is no reason any more.
    private func goOn() {
        let ends = state.withLock { state in
            guard state.isPaused, !state.routes.isAnyFull else { return false }
            state.isPaused = false
            return true
        }
        if ends { resume() }
    }
}

/// A mailbox that is taken out of the router when nobody has it any more.
final class Subscription<Element: Sendable>: Sendable {
    private let mailbox: Mailbox<Element>
    private let remove: @Sendable () -> Void

    init(_ mailbox: Mailbox<Element>, remove: @escaping @Sendable () -> Void) {
        self.mailbox = mailbox
        self.remove = remove
    }

    deinit {
        end()
    }

    /// See ``Mailbox/next()``.
    func next() async -> Element? {
        await mailbox.next()
    }

    /// Takes it out at once, with what is in it.
    func end() {
        mailbox.close(discarding: true)
        remove()
    }
}

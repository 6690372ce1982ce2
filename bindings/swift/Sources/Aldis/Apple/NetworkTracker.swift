/// Makes a few hints out of the many events of the system's network. No clock, no thread: events and
/// the time come in, and what is due goes out.
///
/// - A hint is due when the network has not changed for ``settleTime``, so that a new network's
///   burst of events is one hint, and that of its loss after ``lossTime``, so that a hand-over from
///   Wi-Fi to mobile data is one change and not a loss and a return. Telling a loss late costs
///   little: it only saves attempts. No hint waits for longer than ``longestTime``.
/// - Another network is told as available even where no loss was: the sockets of the former one are
///   dead or dying. So may be those of one that went and came back, however soon: the system does not
///   tell whether it is the same, and a probe costs little.
/// - The first network is taken for what the client dialed by anyway, and not told: that would begin
///   the attempt under way anew. When none has been seen ``lossTime`` after the start, there is none.
struct NetworkTracker {
    /// What a connection is bound to.
    struct Link: Sendable, Hashable {
        let interface: String
        let gateways: Set<String>
    }

    static let settleTime: Duration = .milliseconds(500)
    static let lossTime: Duration = .seconds(1)
    static let longestTime: Duration = .seconds(2)

    /// A link, from its coming to its going.
    private struct Stay: Equatable {
        let link: Link
        let number: Int
    }

    private enum Told: Equatable {
        case nothing
        case stay(Stay?)
    }

    private var stay: Stay?
    private var told = Told.nothing

    /// How often a network came.
    private var arrivals = 0

    /// When what is not told yet began to differ from what is.
    private var pendingSince: Duration?

    /// When to ask for what is due; nil when nothing waits.
    private(set) var dueAt: Duration?

    /// Times are from any one moment on, and never go back.
    init(startedAt start: Duration) {
        pendingSince = start
        dueAt = start + Self.lossTime
    }

    /// Takes the network as it is now; nil is none.
    mutating func take(_ link: Link?, at now: Duration) {
        // Most events are about what does not matter here, such as the cost of the network.
        guard link != stay?.link else { return }
        if stay == nil { arrivals += 1 }
        stay = link.map { Stay(link: $0, number: arrivals) }
        guard told != .stay(stay) else { return settle() }
        let since = pendingSince ?? now
        pendingSince = since
        let settled = now + (stay == nil ? Self.lossTime : Self.settleTime)
        dueAt = min(settled, since + Self.longestTime)
    }

    /// The hint that is due, if one is.
    mutating func due(at now: Duration) -> Hint? {
        guard let dueAt, now >= dueAt else { return nil }
        let isFirst = told == .nothing
        told = .stay(stay)
        settle()
        if stay == nil { return .networkLost }
        return isFirst ? nil : .networkAvailable
    }

    private mutating func settle() {
        pendingSince = nil
        dueAt = nil
    }
}

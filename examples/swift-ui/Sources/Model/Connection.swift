import Foundation

/// Where the connection stands.
enum Connection: Hashable, Sendable {
    case disconnected(reason: String?)
    case connecting
    case connected(as: String?)

    /// The time of the next attempt is nil while there is no network.
    case reconnecting(attempt: Int, at: Date?, reason: String?)
}

extension Connection {
    /// What the banner says. What counts down stands apart: it is not to be read out every second.
    struct Words: Hashable {
        var text: String
        var countdown = ""
        var reason: String?
    }

    func words(at now: Date) -> Words {
        switch self {
        case .connected(let user): return Words(text: "Connected as \(user ?? "nobody")")
        case .connecting: return Words(text: "Connecting…")
        case .disconnected(let reason): return Words(text: "Disconnected", reason: reason)
        case .reconnecting(let attempt, let next, let reason):
            let text = "Reconnecting: attempt \(attempt)"
            guard let next else {
                return Words(text: "\(text) as soon as there is a network", reason: reason)
            }
            // It says 1 until the time has come.
            let seconds = max(0, Int(next.timeIntervalSince(now).rounded(.up)))
            return Words(text: text, countdown: "in \(seconds) s", reason: reason)
        }
    }

    var isDisconnected: Bool {
        if case .disconnected = self { true } else { false }
    }

    var isConnected: Bool {
        if case .connected = self { true } else { false }
    }

    /// Whether an attempt is waited for, which may begin now instead.
    var isWaiting: Bool {
        if case .reconnecting = self { true } else { false }
    }
}

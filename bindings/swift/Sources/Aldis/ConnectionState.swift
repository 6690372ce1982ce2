/// Where the connection stands.
///
/// ```text
/// disconnected ─▶ connecting ─▶ connected ─▶ authenticating ─▶ authenticated
///      ▲              ▲  └───────────┴───────────────┴───────────────┤
///      │              └──────────── reconnecting ◀───────────────────┘
///      └── disconnect, refused for good, or out of retries
/// ```
public enum ConnectionState: Sendable, Hashable {
    /// Nothing is attempted: not started, disconnected by the app, or given up. The reason is nil
    /// before the first attempt.
    case disconnected(reason: CloseReason?)

    /// DNS, TCP, proxy, TLS and the WebSocket upgrade are under way.
    case connecting

    /// The WebSocket is open.
    case connected

    /// The token and the public key are sent; the server's answer is awaited.
    case authenticating

    /// Messages flow.
    case authenticated(Session)

    /// The connection was lost, or an attempt failed; the next one waits for its time or for a
    /// network.
    ///
    /// - Parameters:
    ///   - reason: why the last connection or attempt ended.
    ///   - attempt: which attempt comes next, counted from the last time that a session was
    ///     authenticated.
    ///   - retryIn: how long from the beginning of this state until that attempt; nil while there
    ///     is no network.
    case reconnecting(reason: CloseReason?, attempt: Int, retryIn: Duration?)

    /// The name of the state in lower case, as every face of Aldis spells it.
    public var name: String {
        switch self {
        case .disconnected: "disconnected"
        case .connecting: "connecting"
        case .connected: "connected"
        case .authenticating: "authenticating"
        case .authenticated: "authenticated"
        case .reconnecting: "reconnecting"
        }
    }

    /// The session, while one is authenticated.
    public var session: Session? {
        if case .authenticated(let session) = self { session } else { nil }
    }
}

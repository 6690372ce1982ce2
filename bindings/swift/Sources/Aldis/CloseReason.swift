/// Why a connection, or an attempt at one, ended. Safe to log: no token, no key, no payload.
public struct CloseReason: Sendable, Hashable {
    /// A stable name for programs, such as `auth_rejected` or `connection_lost`.
    public let code: String

    /// What happened, for people.
    public let message: String

    /// What can be done about it, for people.
    public let advice: String

    /// The WebSocket close code that stands for it, if any; 1006 for a connection that was lost
    /// without one.
    public let closeCode: Int?
}

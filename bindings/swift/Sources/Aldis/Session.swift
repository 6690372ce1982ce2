/// Who the server says we are.
public struct Session: Sendable, Hashable {
    /// The id of this connection, new after every reconnect.
    public let clientID: String

    /// The id of the user that the token stands for, if the server tells.
    public let userID: String?

    /// The server's clock, as it wrote it, if it did.
    public let serverTime: String?

    /// Whether messages are encrypted; false only with ``SignalConfig/allowsPlaintext``.
    public let isEncrypted: Bool
}

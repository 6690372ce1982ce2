/// A snapshot of what the client has counted since it was made. The numbers are read one by one, so
/// they may be of slightly different moments.
public struct Stats: Sendable, Hashable {
    /// The name of the state now; see ``ConnectionState/name``.
    public let state: String
    /// How long the session has been authenticated; nil while none is.
    public let connectedFor: Duration?
    /// The last round trip that a ping of this session measured; nil before the first one.
    public let roundTrip: Duration?
    /// Attempts to connect.
    public let attempts: Int
    /// Sessions that were authenticated; the reconnects are one fewer.
    public let sessions: Int
    /// Messages delivered to the native queue, replies included.
    public let messagesReceived: Int
    /// Messages handed to the connection, requests included.
    public let messagesSent: Int
    /// WebSocket messages received, of any kind.
    public let framesReceived: Int
    /// WebSocket messages handed to the connection, of any kind.
    public let framesSent: Int
    /// Their payload in bytes.
    public let bytesReceived: Int
    /// Their payload in bytes.
    public let bytesSent: Int
    /// Frames that were dropped on purpose.
    public let dropped: DropCounts
    /// Events that ``SignalConfig/overflow`` dropped.
    public let lagged: Int
    /// Messages whose time to live ran out.
    public let expired: Int
    /// Messages that were accepted and that a lost connection kept from being sent.
    public let unsent: Int
    /// Events in the native queue.
    public let queuedEvents: Int
    /// Their messages in bytes.
    public let queuedBytes: Int
    /// Messages that wait to be sent.
    public let outboxMessages: Int
    /// Those in bytes.
    public let outboxBytes: Int
    /// Calls from the native side that failed in this library; none, unless there is a bug.
    public let listenerFailures: Int
    /// Why the last connection, or the last attempt, ended.
    public let lastClose: CloseReason?
}

/// Frames that were dropped on purpose, by reason. The first one of each reason on a connection is
/// also told by a ``SignalReport/problem(code:message:)``.
public struct DropCounts: Sendable, Hashable {
    /// They came before the session was open.
    public let beforeConnected: Int
    /// They were plaintext in an encrypted session.
    public let plaintext: Int
    /// They were frames of our own that came back.
    public let reflected: Int
    /// They were received before.
    public let replayed: Int
    /// They are not messages of the protocol.
    public let malformed: Int
    /// They were binary, which the protocol does not know from a server.
    public let binary: Int

    /// All of them together.
    public var total: Int {
        beforeConnected + plaintext + reflected + replayed + malformed + binary
    }
}

import Foundation

/// The configuration of a ``SignalClient``. Everything has a default but the URL. The values are
/// checked when a client is made of them.
///
/// ```swift
/// var config = SignalConfig(url: "wss://example.org/ws", token: "secret", rooms: ["lobby"])
/// config.heartbeatInterval = .seconds(20)
/// ```
public struct SignalConfig: Sendable, Hashable {
    /// Where the server is: `wss://host[:port]/path?query`, without user name and fragment. `ws://`
    /// is accepted for loopback addresses only, unless ``allowsInsecure`` is set.
    public var url: String

    /// The token to start with, where it is known. Nothing shows it.
    public var token: String?

    /// Rooms to join in every session; 10,000 at most.
    public var rooms: Set<String>

    /// HKDF `info`, which must be the same at both ends; 1 to 1,024 bytes.
    public var info = "nx-signal-e2e"

    /// Name of the field of `authenticate` that carries our public key; neither `type` nor `token`.
    public var keyField = "clientPublicKey"

    /// The server's public key in base64, where it is static and known. A server with another one
    /// is refused.
    public var serverKey: String?

    /// Accept a server without encryption.
    public var allowsPlaintext = false

    /// Accept `ws://` to addresses beyond loopback: the token is then readable on the way.
    public var allowsInsecure = false

    /// HTTP headers of the upgrade, such as `Origin` or a gateway's key.
    public var headers: [String: String] = [:]

    /// How often to send a heartbeat, with a ping that proves the server alive; 10 ms to 24 h. The
    /// server closes after 90 s without one.
    public var heartbeatInterval: Duration = .seconds(30)

    /// How long after a ping the connection counts as dead if nothing comes in; 10 ms to 10 min.
    public var pongTimeout: Duration = .seconds(10)

    /// How long a probe after a network hint or a sleep may take; 10 ms to 10 min.
    public var probeTimeout: Duration = .seconds(3)

    /// How long DNS, TCP, proxy, TLS and upgrade may take together; 10 ms to 10 min.
    public var dialTimeout: Duration = .seconds(10)

    /// How long the server may take to answer `authenticate`; 10 ms to 10 min. The default is one
    /// second more than the server itself allows.
    public var authenticationTimeout: Duration = .seconds(16)

    /// How long the ``TokenProvider`` may take; 10 ms to 10 min.
    public var tokenTimeout: Duration = .seconds(30)

    /// Attempts in a row after the first before the client gives up, 0 or more; counted anew from
    /// every authenticated session.
    public var maxRetries = 20

    /// Delay before the first retry; 1 ms to 1 h.
    public var baseInterval: Duration = .seconds(2)

    /// Factor from one delay to the next; 1 to 100.
    public var backoffMultiplier = 1.5

    /// Longest delay, also where ``baseInterval`` is longer; 1 ms to 24 h.
    public var maxInterval: Duration = .seconds(30)

    /// Spread every delay at random between nothing and its full length, so that the clients of a
    /// server that restarts do not come back all at once.
    public var usesJitter = true

    /// Messages that may wait in the native queue; 1 to 1,000,000.
    public var maxQueuedEvents = 1_024

    /// Bytes of messages that may wait in the native queue; at least 1. One message is taken
    /// however large it is. The default is 16 MiB.
    public var maxQueuedBytes = 16 << 20

    /// What happens when that is exceeded.
    public var overflow = OverflowPolicy.backpressure

    /// Messages that may wait to be sent; 1 to 1,000,000.
    public var maxOutboxMessages = 1_024

    /// Bytes of messages that may wait to be sent; at least 128 KiB. The default is 4 MiB.
    public var maxOutboxBytes = 4 << 20

    /// Requests that may wait for their replies; 1 to 1,000,000.
    public var maxPendingRequests = 1_024

    /// Largest message to the server in bytes on the wire; 1 KiB to 16 MiB. Encrypted, and as base64,
    /// it has room for three quarters of that in JSON. The default is the server's limit.
    public var maxFrameBytes = 131_072

    /// Largest message from the server in bytes on the wire; 1 KiB to 1 GiB. A larger one costs the
    /// connection. The default is 16 MiB.
    public var maxInboundBytes = 16 << 20

    /// How TLS is done.
    public var tls = TLSConfig()

    /// An HTTP proxy that connects by CONNECT: `http://[user:password@]host:port`, or `https://…`.
    public var proxy: String?

    /// Begins with the defaults. What most apps set has a parameter; the rest are properties.
    public init(url: String, token: String? = nil, rooms: Set<String> = []) {
        self.url = url
        self.token = token
        self.rooms = rooms
    }
}

extension SignalConfig: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Without what may be secret: token, the URL's query, values of headers, the proxy's password.
    public var description: String {
        "SignalConfig(url: \(withoutSecrets(url)), token: \(token == nil ? "none" : "…"), "
            + "rooms: \(rooms.sorted()), headers: \(headers.keys.sorted()), "
            + "proxy: \(proxy.map(withoutSecrets) ?? "none"), …)"
    }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// What `dump` shows: the same.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}

/// Scheme, host, port and path of a URL; what is none may be anything.
private func withoutSecrets(_ url: String) -> String {
    guard let parsed = URLComponents(string: url), let host = parsed.host, !host.isEmpty else {
        return "not a URL"
    }
    let port = parsed.port.map { ":\($0)" } ?? ""
    return "\(parsed.scheme ?? "")://\(host)\(port)\(parsed.percentEncodedPath)"
}

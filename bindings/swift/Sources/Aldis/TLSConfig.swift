/// Which implementation of TLS to use.
public enum TLSBackend: Sendable, Hashable {
    /// The system's own: OpenSSL. The library for Apple's systems does not have it.
    case native

    /// rustls, for TLS 1.3 and 1.2, with the certificates judged by the system. The library for
    /// Apple's systems has no other; elsewhere where it was built in.
    case rustls
}

/// How TLS is done.
public struct TLSConfig: Sendable, Hashable {
    /// Which implementation; nil, the default, for the one that the library was built with. One that
    /// it was built without is a ``ConfigError``.
    public var backend: TLSBackend?

    /// Certificates to trust besides the system's: PEM, one or more each. On Apple's systems what
    /// they sign has to keep Apple's rules for server certificates too.
    public var extraRoots: [String]

    /// Public keys, one of which the server's certificate must have: `sha256/BASE64` of its
    /// `SubjectPublicKeyInfo`. Give a spare one too, for the day when the key changes.
    public var pins: [String]

    /// Sets what is not to be the default.
    public init(backend: TLSBackend? = nil, extraRoots: [String] = [], pins: [String] = []) {
        self.backend = backend
        self.extraRoots = extraRoots
        self.pins = pins
    }
}

/// What happens when the client takes events from the native queue more slowly than they come.
public enum OverflowPolicy: Sendable, Hashable {
    /// Stop reading the socket: TCP holds the server back, and nothing is lost on this side. A
    /// server that does not wait for slow clients may drop messages or close the connection.
    case backpressure

    /// Drop the oldest messages, count them, and tell by ``SignalReport/lagged(missed:)``.
    case dropOldest
}

import AldisFFI

/// A client that holds one encrypted connection, and keeps it up.
///
/// ```swift
/// let client = try SignalClient(config: SignalConfig(url: "wss://example.org/ws", token: "secret"))
/// let orders = client.events(of: OrderPlaced.self, named: "order:placed")
/// try await client.connect()
/// try await client.join("lobby")
/// try await client.send(Chat(text: "hello"), named: "chat")
/// for try await order in orders { show(order) }
/// ```
///
/// Every function may be called from any thread or actor, the main one included: none blocks. All
/// that wait can be cancelled at any time, and throw `CancellationError` then; what need not wait,
/// such as a ``send(_:named:timeToLive:)`` while there is room, is done in a cancelled task too.
/// After ``close()`` they fail with the case `closed` of their errors.
///
/// A client ends when it is closed, or when nobody holds it any more. Streams do not hold it.
public final class SignalClient: Sendable {
    let native: NativeClient
    let router: Router
    let coding: PayloadCoding
    private let board = States()
    private let link: NativeLink
    private let lane: Int64?
    private let delegates = DelegateSlot()
    private let system: SystemAttachment

    /// Makes a client, disconnected.
    ///
    /// - Parameters:
    ///   - config: the configuration.
    ///   - tokens: where tokens come from, if not from the configuration alone.
    ///   - coding: how typed payloads are read and written.
    ///   - system: how the client lives with an Apple device: what it does while the app is in the
    ///     background, and about the network. Elsewhere it has no effect.
    /// - Throws: ``ConfigError``
    public init(
        config: SignalConfig,
        tokens: TokenProvider? = nil,
        coding: PayloadCoding = PayloadCoding(),
        system: SystemPolicy = SystemPolicy()
    ) throws {
        let link = NativeLink()
        let router = Router { link.client?.resumeDelivery() }
        let listener = NativeListener(link: link, router: router, states: board)
        let native = try translating {
            try NativeClient(
                config: config.native,
                listener: listener,
                tokens: tokens.map(NativeTokens.init)
            )
        }
        link.tie(to: native)
        self.lane = Lane.open(for: native, to: router)
        self.native = native
        self.router = router
        self.coding = coding
        self.link = link
        self.system = SystemAttachment(system) { link.client?.take($0) }
    }

    deinit {
        close()
    }

    // MARK: The connection

    /// Where the connection stands.
    public var state: ConnectionState { board.latest }

    /// Where the connection stands, from now on: first the state now, then each change. Who reads
    /// slowly gets the latest state and misses those in between; the ``delegate`` is told of each.
    /// Ends when the client is closed.
    public var states: AsyncStream<ConnectionState> { board.stream }

    /// Connects, and waits until a session is authenticated. Attempts that fail are repeated as
    /// configured; ``disconnect()`` stops them, cancelling this call does not. Returns at once if
    /// the client is connected. ``state`` is then ``ConnectionState/authenticated(_:)``, or newer.
    ///
    /// - Throws: ``ConnectError``
    @discardableResult
    public func connect() async throws -> Session {
        defer { board.refresh(from: native) }
        let session = try await translating {
            try await cancelling { try await native.connectUntil(cancellation: $0) }
        }
        return Session(session)
    }

    /// Disconnects and stops reconnecting. Returns when the connection is closed, within 100 ms or
    /// so in every state; what was accepted for sending goes out before if the network takes it
    /// that fast. Rooms, the token and messages with a time to live are kept for the next
    /// ``connect()``. A client that was closed is disconnected.
    public func disconnect() async {
        await native.disconnect()
        board.refresh(from: native)
    }

    /// Sets the token for the next session; the present one goes on. Where the server refused the
    /// former one, call ``connect()`` again.
    ///
    /// - Throws: ``TokenError``
    public func updateToken(_ token: String) throws {
        try translating { try native.updateToken(token: token) }
    }

    /// Ends the client for good: says goodbye to the server, ends the streams behind what waits in
    /// them, and lets every call that waits fail, as later ones do. On any thread, in any state, any
    /// number of times, also in the delegate; does not wait.
    public func close() {
        system.detach()
        native.shutdown()
        if let lane { Lane.close(lane) }
        board.refresh(from: native)
        board.end()
        delegates.clear()
        router.close()
        link.cut()
    }

    // MARK: Hints

    /// Tells that there is a network again, or another one. A connection is probed at once; an
    /// attempt under way begins anew; while reconnecting, the next one starts at once.
    ///
    /// On Apple platforms the client finds out by itself; see ``SystemPolicy``.
    public func networkAvailable() { native.take(.networkAvailable) }

    /// Tells that there is no network. A connection is probed at once; attempts stop until
    /// ``networkAvailable()``, ``connect()``, or the end of a connection that outlived the loss.
    public func networkLost() { native.take(.networkLost) }

    /// Tells that the machine or the app slept. A connection is probed before it is trusted; while
    /// reconnecting, or ``suspended()``, the next attempt starts at once.
    public func resumed() { native.take(.resumed) }

    /// Tells that the app is about to sleep, or wants to save power. The connection is closed as by
    /// ``disconnect()``, and an attempt at one stops; the wish to be connected stays, and ``state``
    /// is ``ConnectionState/disconnected(reason:)`` for the reason `suspended`. ``resumed()`` or
    /// ``connect()`` connects again, and a ``connect()`` that waits goes on waiting;
    /// ``disconnect()`` ends the wish. Without a wish nothing happens.
    public func suspended() { native.take(.suspended) }

    // MARK: What is to be known

    /// Hears what happens on the connection, until another one is set, or nil. It is not held.
    ///
    /// It gets what comes from then on. Streams go on beside it.
    public var delegate: (any SignalClientDelegate)? {
        get { delegates.delegate }
        set { delegates.set(newValue, of: self) }
    }

    /// How far the app is behind.
    public var lag: Lag { router.lag }

    /// What was counted so far; nil when the client was closed.
    public var stats: Stats? { native.stats().map(Stats.init) }

    /// Where the connection stands, why, what can be done about it, and who holds the client back,
    /// for people. Safe to log: no token, no key, no payload.
    public func explain() -> String {
        let holders = router.holders
        guard !holders.isEmpty else { return native.explain() }
        let names = holders.joined(separator: ", ")
        return native.explain() + "  held back   by \(names): read it faster, or let go of it\n"
    }
}

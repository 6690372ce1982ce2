/// What happens when a stream is read more slowly than messages come. Limits are 1 to 1,000,000; one
/// beyond that is taken for the nearest.
public enum BufferingPolicy: Sendable, Hashable {
    /// When `limit` messages wait, the client takes no more until some were read: they wait in
    /// the native queue, and when that is full too, ``SignalConfig/overflow`` decides. By default
    /// the connection is then read no further, and nothing is lost on this side.
    ///
    /// This holds back all streams and the delegate of the client, for messages come in one order.
    /// The native side hands over up to 256 messages at once, and so many may come on top.
    case holdBack(limit: Int = 1_024)

    /// When `limit` messages wait, the oldest is dropped for each new one, counted in
    /// ``Lag/dropped`` and told by ``SignalReport/streamLagged(event:missed:)``. Nobody else is
    /// held back.
    case dropOldest(limit: Int = 1_024)

    /// How many may wait.
    var limit: Int {
        switch self {
        case .holdBack(let limit), .dropOldest(let limit): min(max(limit, 1), 1_000_000)
        }
    }

    var holdsBack: Bool {
        if case .holdBack = self { true } else { false }
    }
}

/// What a typed stream does about a payload that is not of its type.
public enum UndecodablePolicy: Sendable, Hashable {
    /// Tells by ``SignalReport/undecodable(event:problem:)``, and goes on behind it.
    case report

    /// Ends the stream with the ``PayloadError``.
    case fail
}

/// How far the app is behind, as a snapshot.
public struct Lag: Sendable, Hashable {
    /// Messages and other events that wait in the buffers of streams and of the delegate.
    public let waiting: Int

    /// Events that were dropped since the client was made: by buffers with
    /// ``BufferingPolicy/dropOldest(limit:)``, and by ``OverflowPolicy/dropOldest`` before them.
    public let dropped: Int

    /// Messages since the client was made that no stream and no delegate wanted.
    public let unclaimed: Int

    /// Whether the client takes no more messages now because a stream with
    /// ``BufferingPolicy/holdBack(limit:)``, or the delegate, is behind.
    public let isHeldBack: Bool
}

/// Something to know about, which needs no action for the connection to go on. Safe to log: no
/// token, no key, no payload.
///
/// More kinds may be added: give a `switch` a `default`.
public enum SignalReport: Sendable, Hashable {
    /// The connection tells of a problem: the server's `error` before the session was open, the
    /// first frame that was dropped for a reason, messages that expired or could not be sent.
    ///
    /// - Parameters:
    ///   - code: `server_error`, `message_expired`, `messages_unsent`, or `dropped_…` with the
    ///     reason; see ``Stats/dropped`` for those.
    ///   - message: what happened, for people.
    case problem(code: String, message: String)

    /// ``SignalConfig/overflow`` is ``OverflowPolicy/dropOldest``, and so many events were dropped
    /// before they reached the client's streams and delegate.
    case lagged(missed: Int)

    /// A stream with ``BufferingPolicy/dropOldest(limit:)`` was read too slowly, and lost so many
    /// messages since the last report. The event is nil for a stream of all messages.
    case streamLagged(event: String?, missed: Int)

    /// A payload was not what a typed stream reads; the stream goes on behind it.
    case undecodable(event: String, problem: String)

    /// A stable name of the kind for programs.
    public var code: String {
        switch self {
        case .problem(let code, _): code
        case .lagged: "lagged"
        case .streamLagged: "stream_lagged"
        case .undecodable: "payload_undecodable"
        }
    }

    /// What happened, for people.
    public var message: String {
        switch self {
        case .problem(_, let message): message
        case .lagged(let missed): "\(missed) events were dropped: the app is too slow"
        case .streamLagged(let event, let missed):
            "\(missed) messages were dropped: a stream of "
                + "\(event.map { "`\($0)`" } ?? "all messages") is read too slowly"
        case .undecodable(let event, let problem): "the payload of `\(event)` is \(problem)"
        }
    }
}

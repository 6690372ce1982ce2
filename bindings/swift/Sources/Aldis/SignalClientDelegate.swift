/// Hears what happens on a connection, for those who prefer calls to streams. See
/// ``SignalClient/delegate``.
///
/// Calls come in the order in which things happened, one at a time: the next one waits until the
/// last one has returned. A delegate that is an actor, or that belongs to the main actor, is called
/// there. It has a buffer of 1,024 events; a delegate that is slower than that holds the client
/// back, see ``BufferingPolicy/holdBack(limit:)``.
///
/// ```swift
/// @MainActor final class ChatModel: SignalClientDelegate {
///     func signalClient(_ client: SignalClient, didReceive message: Message) {
///         lines.append(message)
///     }
/// }
/// ```
///
/// Everything has an implementation that does nothing.
public protocol SignalClientDelegate: AnyObject, Sendable {
    /// A message of the application came.
    func signalClient(_ client: SignalClient, didReceive message: Message) async

    /// The connection's state changed. Every state comes in its turn, so it may be older than
    /// ``SignalClient/state``.
    func signalClient(_ client: SignalClient, didChange state: ConnectionState) async

    /// A session was authenticated, the first or one after a reconnect.
    func signalClient(_ client: SignalClient, didConnect session: Session) async

    /// There is something to know about.
    func signalClient(_ client: SignalClient, didReport report: SignalReport) async
}

extension SignalClientDelegate {
    /// Does nothing.
    public func signalClient(_ client: SignalClient, didReceive message: Message) async {}
    /// Does nothing.
    public func signalClient(_ client: SignalClient, didChange state: ConnectionState) async {}
    /// Does nothing.
    public func signalClient(_ client: SignalClient, didConnect session: Session) async {}
    /// Does nothing.
    public func signalClient(_ client: SignalClient, didReport report: SignalReport) async {}
}

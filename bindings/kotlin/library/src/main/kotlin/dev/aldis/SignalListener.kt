package dev.aldis

/**
 * Hears what happens on a connection, by callbacks. See [SignalClient.addListener].
 *
 * Calls come in the order in which things happened, one at a time, on the client's dispatcher. A
 * listener may block: it then holds back the client, not the connection. It may call the client,
 * [SignalClient.close] included. What it throws goes to the client's [UncaughtHandler], and
 * delivery goes on.
 */
public interface SignalListener {
    /** A message of the application came. */
    public fun onMessage(message: Message) {}

    /**
     * The connection's state changed. Every state comes in its turn, so it may be older than
     * [SignalClient.state].
     */
    public fun onState(state: ConnectionState) {}

    /** A session was authenticated, the first or one after a reconnect. */
    public fun onConnected(session: Session) {}

    /** There is something to know about. */
    public fun onReport(report: SignalReport) {}
}

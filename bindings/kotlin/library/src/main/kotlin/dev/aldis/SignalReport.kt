package dev.aldis

/**
 * Something to know about, which needs no action for the connection to go on. Safe to log: no
 * token, no key, no payload.
 *
 * More kinds may be added: give a `when` an `else`.
 */
public sealed interface SignalReport {
    /** A stable name of the kind for programs. */
    public val code: String

    /** What happened, for people. */
    public val message: String

    /**
     * The connection tells of a problem: the server's `error` before the session was open, the
     * first frame that was dropped for a reason, messages that expired or could not be sent.
     *
     * @property code `server_error`, `message_expired`, `messages_unsent`, or `dropped_…` with the
     * reason; see [Stats.dropped] for those.
     */
    public data class Problem(override val code: String, override val message: String) :
        SignalReport

    /**
     * [SignalConfig.overflow] is [OverflowPolicy.DropOldest], and events were dropped before they
     * reached the client's collectors and listeners.
     *
     * @property missed how many since the last report.
     */
    public data class Lagged(public val missed: Long) : SignalReport {
        override val code: String get() = "lagged"
        override val message: String get() = "$missed events were dropped: the app is too slow"
    }

    /**
     * A collector with [WhenSlow.DropOldest] was too slow.
     *
     * @property event the event that it collects; null for all messages.
     * @property missed how many messages were dropped since the last report.
     */
    public data class CollectorLagged(public val event: String?, public val missed: Long) :
        SignalReport {
        override val code: String get() = "collector_lagged"
        override val message: String
            get() = "$missed messages were dropped: a collector of ${name(event)} is too slow"
    }

    /**
     * A payload was not what a typed flow reads; the flow goes on behind it.
     *
     * @property event the event of the message.
     */
    public data class Undecodable(public val event: String, override val message: String) :
        SignalReport {
        override val code: String get() = "payload_undecodable"
    }
}

private fun name(event: String?): String = if (event == null) "all messages" else "`$event`"

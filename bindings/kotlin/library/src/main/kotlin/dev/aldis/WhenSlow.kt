package dev.aldis

/** What happens when a collector takes messages more slowly than they come. */
public enum class WhenSlow {
    /**
     * The client takes no more messages until the collector has caught up: they wait in the native
     * queue, and when that is full too, [SignalConfig.overflow] decides. By default the connection
     * is then read no further, and nothing is lost on this side.
     *
     * This holds back all collectors and listeners of the client, for messages come in one order.
     */
    HoldBack,

    /**
     * The oldest messages of this collector's buffer are dropped, counted in [Lag.dropped] and
     * told by [SignalReport.CollectorLagged]. Nobody else is held back.
     */
    DropOldest,
}

/**
 * How far the app is behind, as a snapshot.
 *
 * @property waiting messages and other events in the buffers of collectors and listeners.
 * @property dropped events that were dropped since the client was made: by buffers with
 * [WhenSlow.DropOldest], and by [OverflowPolicy.DropOldest] before them.
 * @property unclaimed messages since the client was made that nobody collected or listened to.
 * @property heldBack whether the client takes no more messages now because a collector with
 * [WhenSlow.HoldBack], or a listener, is behind.
 */
@ConsistentCopyVisibility
public data class Lag internal constructor(
    public val waiting: Int,
    public val dropped: Long,
    public val unclaimed: Long,
    public val heldBack: Boolean,
)

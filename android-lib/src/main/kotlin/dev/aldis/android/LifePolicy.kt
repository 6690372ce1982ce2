package dev.aldis.android

import kotlin.time.Duration
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/**
 * For how long a connection lives while nobody looks at the app.
 *
 * The app is in the foreground while one of its activities is started, in the sense of
 * `ProcessLifecycleOwner`: a rotation does not count as leaving it. A process that was started
 * without an activity, by a push message for instance, is in the background from the beginning.
 *
 * No policy keeps the device awake: no wake lock, no alarm, no service.
 */
public sealed interface LifePolicy {
    /**
     * Connected in the foreground, and for a while behind it. Then the connection is closed
     * cleanly, and comes back with the foreground. What the app asks for by `connect` in the
     * background is done, and lasts until the background begins the next time.
     *
     * @property backgroundGrace for how long the connection outlives the foreground; 0 s to 24 h.
     * Counted in the time that the device is awake: asleep it spends nothing on a connection, and
     * nothing runs that could close it. Default: 45 s.
     */
    public data class Foreground
        @JvmOverloads
        constructor(
            public val backgroundGrace: Duration = DEFAULT_GRACE,
        ) : LifePolicy {
            /** [backgroundGrace] in milliseconds, for Java. */
            public val backgroundGraceMillis: Long get() = backgroundGrace.inWholeMilliseconds

            init {
                require(backgroundGrace in Duration.ZERO..LONGEST_GRACE) {
                    "the background grace is $backgroundGrace; 0 s to 24 h are allowed, and " +
                        "KeepWhileAllowed has no end"
                }
            }

            private companion object {
                val DEFAULT_GRACE = 45.seconds
                val LONGEST_GRACE = 24.hours
            }
        }

    /**
     * Connected for as long as Android lets the process run and use the network, which in the
     * background is minutes unless the app has a foreground service. When the app or the device
     * wakes up, the connection is probed before it is trusted.
     */
    public data object KeepWhileAllowed : LifePolicy

    /**
     * Nothing happens by itself: the app calls `suspended` and `resumed` of the client where it
     * finds them right.
     */
    public data object AppManaged : LifePolicy

    /** Makes policies, for Java. */
    public companion object {
        /** [Foreground] with a grace in milliseconds. */
        @JvmStatic
        public fun foreground(backgroundGraceMillis: Long): LifePolicy =
            Foreground(backgroundGraceMillis.milliseconds)
    }
}

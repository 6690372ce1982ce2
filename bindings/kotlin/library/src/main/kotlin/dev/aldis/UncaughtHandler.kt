package dev.aldis

import java.util.logging.Level
import java.util.logging.Logger

/**
 * Takes what the app's code threw where the client called it, and what would otherwise be lost.
 *
 * It may be called on any thread, and should return soon. What it throws itself is ignored.
 */
public fun interface UncaughtHandler {
    /** Takes an exception. */
    public fun onUncaught(error: Throwable)

    /** Holds the default handler. */
    public companion object {
        /** Logs by `java.util.logging`, as a warning of the logger `dev.aldis`. */
        @JvmField
        public val Logging: UncaughtHandler =
            UncaughtHandler { error ->
                Logger
                    .getLogger(
                        "dev.aldis",
                    ).log(Level.WARNING, "uncaught: ${error.message}", error)
            }
    }
}

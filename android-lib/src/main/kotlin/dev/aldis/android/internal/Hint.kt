package dev.aldis.android.internal

import dev.aldis.SignalClient

/** What the system tells a client that it cannot know by itself. */
internal enum class Hint {
    NetworkAvailable,
    NetworkLost,
    Resumed,
    Suspended,
}

/** Gives a hint to the client; never waits. */
internal fun SignalClient.take(hint: Hint) {
    when (hint) {
        Hint.NetworkAvailable -> networkAvailable()
        Hint.NetworkLost -> networkLost()
        Hint.Resumed -> resumed()
        Hint.Suspended -> suspended()
    }
}

package dev.aldis.internal

import dev.aldis.ConnectionState
import dev.aldis.Message
import dev.aldis.Session
import dev.aldis.SignalListener
import dev.aldis.SignalReport

/** Calls a listener back until the end, whatever it throws. */
internal class ListenerCalls(
    private val listener: SignalListener,
    private val uncaught: (Throwable) -> Unit,
) {
    @Volatile
    private var ended = false

    fun end() {
        ended = true
    }

    fun call(item: Any) {
        if (ended) return
        try {
            when (item) {
                is Message -> listener.onMessage(item)
                is ConnectionState -> listener.onState(item)
                is Session -> listener.onConnected(item)
                is SignalReport -> listener.onReport(item)
            }
        } catch (e: Throwable) {
            uncaught(e)
        }
    }
}

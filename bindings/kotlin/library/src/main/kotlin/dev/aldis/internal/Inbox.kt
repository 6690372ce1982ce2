package dev.aldis.internal

import kotlinx.coroutines.channels.Channel
import dev.aldis.ffi.SignalError as NativeError
import dev.aldis.ffi.SignalEvent as NativeEvent

/** What comes from the native side. */
internal sealed interface Inbound {
    /** Messages in the layout of [BatchReader]. */
    class Batch(val bytes: ByteArray) : Inbound

    class Events(val events: List<NativeEvent>) : Inbound

    class Error(val error: NativeError) : Inbound
}

/**
 * Where the native dispatcher leaves what came, for the pump to take: all it does for a client on
 * its one thread, which all clients of the process share.
 *
 * It is bounded by asking the native side for a pause, which waits with a full queue of its own.
 */
internal class Inbox {
    private val arrived = Channel<Unit>(Channel.CONFLATED)
    private var waiting = ArrayList<Inbound>()
    private var paused = false

    /** Adds an item; false asks for a pause. */
    fun put(item: Inbound): Boolean {
        val more =
            synchronized(this) {
                waiting.add(item)
                if (waiting.size >= ENOUGH) paused = true
                !paused
            }
        arrived.trySend(Unit)
        return more
    }

    /**
     * Waits for items, and takes all. Where a pause was asked for, [resume] ends it: the inbox is
     * empty by then, and fills while those are worked off.
     */
    suspend fun take(resume: () -> Unit): List<Inbound> {
        while (true) {
            arrived.receive()
            val taken: List<Inbound>
            val wasPaused: Boolean
            synchronized(this) {
                taken = waiting
                wasPaused = paused
                waiting = ArrayList()
                paused = false
            }
            if (wasPaused) resume()
            if (taken.isNotEmpty()) return taken
        }
    }

    private companion object {
        /**
         * Each is 256 events or 256 KiB at most, a single message apart: enough for both sides to
         * be busy.
         */
        const val ENOUGH = 4
    }
}

package dev.aldis.internal

import java.util.concurrent.ConcurrentHashMap

/** What [Lane.deliver] answers; known to the native side. */
private const val MORE = 0
private const val PAUSE = 1

/** Whether clients use the lane. For measuring and testing what happens without. */
internal val LANE_BY_DEFAULT: Boolean = System.getProperty("dev.aldis.lane") != "off"

/**
 * The lane: a shortcut by JNI, beside UniFFI, for the two hot operations. The native side knows
 * this class and its functions by name.
 */
internal object Lane {
    private val inboxes = ConcurrentHashMap<Long, Inbox>()

    fun open(lane: Long, inbox: Inbox) {
        inboxes[lane] = inbox
    }

    fun close(lane: Long) {
        inboxes.remove(lane)
    }

    /**
     * Sends a message, on any thread. 0 if it was taken; anything else if not: UniFFI's `send` then
     * sends it, or tells why not.
     *
     * @param data JSON in UTF-8.
     * @param ttlMillis time to live; 0 for none.
     */
    @JvmStatic
    external fun send(lane: Long, event: ByteArray, data: ByteArray, ttlMillis: Long): Int

    /** Asks for messages again after a pause, on any thread. */
    @JvmStatic
    external fun resume(lane: Long)

    /** Called by the native side's dispatcher with messages in the layout of [BatchReader]. */
    @JvmStatic
    fun deliver(lane: Long, batch: ByteArray): Int {
        val inbox = inboxes[lane] ?: return MORE
        return if (inbox.put(Inbound.Batch(batch))) MORE else PAUSE
    }
}

package dev.aldis.internal

import java.util.concurrent.ConcurrentHashMap

/** What [Lane.deliver] answers; known to the native side. */
private const val MORE = 0
private const val PAUSE = 1

/** What [Lane.send] and [Lane.request] answer; known to the native side. */
internal const val TAKEN: Int = 0

/** Whether clients use the lane. For measuring and testing what happens without. */
internal val LANE_BY_DEFAULT: Boolean = System.getProperty("dev.aldis.lane") != "off"

/**
 * The lane: a shortcut by JNI, beside UniFFI, for the hot operations. The native side knows this
 * class and its functions by name.
 */
internal object Lane {
    private class End(val inbox: Inbox, val requests: LaneRequests)

    private val ends = ConcurrentHashMap<Long, End>()

    /** Takes what comes by a lane from now on; the requests go down by what this returns. */
    fun open(lane: Long, inbox: Inbox): LaneRequests {
        val requests = LaneRequests(lane, inbox)
        ends[lane] = End(inbox, requests)
        return requests
    }

    /** Ends what waits, and takes nothing more. The native side has closed the lane before. */
    fun close(lane: Long) {
        ends.remove(lane)?.requests?.close()
    }

    /**
     * Sends a message, on any thread. [TAKEN], or anything else: UniFFI's `send` then sends it, or
     * tells why not.
     *
     * @param data JSON in UTF-8.
     * @param ttlMillis time to live; 0 for none.
     */
    @JvmStatic
    external fun send(lane: Long, event: ByteArray, data: ByteArray, ttlMillis: Long): Int

    /**
     * Sends a request, on any thread. [TAKEN], and [reply] will be called with this ticket, perhaps
     * before this returns; or anything else, as for [send].
     */
    @JvmStatic
    external fun request(
        lane: Long,
        ticket: Long,
        event: ByteArray,
        data: ByteArray,
        timeoutMillis: Long,
    ): Int

    /**
     * Waits for a reply no longer, on any thread: it becomes an ordinary message. Forgets why the
     * request failed, if it has.
     */
    @JvmStatic
    external fun cancel(lane: Long, ticket: Long)

    /** Asks for messages again after a pause, on any thread. */
    @JvmStatic
    external fun resume(lane: Long)

    /** Called by the native side's dispatcher with messages in the layout of [BatchReader]. */
    @JvmStatic
    fun deliver(lane: Long, batch: ByteArray): Int {
        val inbox = ends[lane]?.inbox ?: return MORE
        return if (inbox.put(Inbound.Batch(batch))) MORE else PAUSE
    }

    /**
     * Called by the native side's dispatcher with the reply to a request, as a batch of one, or with
     * nothing: UniFFI's `laneFailure` then tells why.
     */
    @JvmStatic
    fun reply(lane: Long, ticket: Long, reply: ByteArray?) {
        ends[lane]?.requests?.answer(ticket, reply)
    }
}

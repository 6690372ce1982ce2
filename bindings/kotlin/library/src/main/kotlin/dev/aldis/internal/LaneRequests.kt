package dev.aldis.internal

import dev.aldis.ClientClosedException
import dev.aldis.Message
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicLong
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException

/** How a request by the lane went. */
internal sealed interface LaneReply {
    /** The lane did not take it. */
    data object NotTaken : LaneReply

    /** There will be no reply; the native side can say why, once. */
    class Failed(val ticket: Long) : LaneReply

    /** A batch of one. */
    class Replied(val batch: ByteArray) : LaneReply
}

/** The requests of one client that went by its lane, and wait for their replies. */
internal class LaneRequests(private val lane: Long, private val inbox: Inbox) {
    private val waiting = ConcurrentHashMap<Long, CancellableContinuation<LaneReply>>()
    private val lastTicket = AtomicLong()
    private val reader = BatchReader()

    /** Sends a request and waits for what comes of it. */
    suspend fun ask(event: ByteArray, data: ByteArray, timeoutMillis: Long): LaneReply =
        suspendCancellableCoroutine { waiter ->
            val ticket = lastTicket.incrementAndGet()
            waiting[ticket] = waiter
            waiter.invokeOnCancellation {
                if (waiting.remove(ticket) != null) Lane.cancel(lane, ticket)
            }
            val isTaken = Lane.request(lane, ticket, event, data, timeoutMillis) == TAKEN
            if (!isTaken) waiting.remove(ticket)?.resume(LaneReply.NotTaken)
        }

    /** Called on the native side's dispatcher. */
    fun answer(ticket: Long, batch: ByteArray?) {
        val waiter = waiting.remove(ticket)
        if (batch == null) {
            // Who is cancelled in the same moment does not ask why.
            waiter?.resume(LaneReply.Failed(ticket)) { _, _, _ -> Lane.cancel(lane, ticket) }
        } else if (waiter == null) {
            deliver(batch)
        } else {
            // Who is cancelled in the same moment does not see it.
            waiter.resume(LaneReply.Replied(batch)) { _, _, _ -> deliver(batch) }
        }
    }

    /** Reads the message of a [LaneReply.Replied]. */
    fun read(reply: LaneReply.Replied): Message = synchronized(reader) {
        reader.reset(reply.batch)
        reader.next()
        reader.message()
    }

    /** Ends what waits. The native side takes nothing more by now. */
    fun close() {
        for (ticket in waiting.keys) {
            waiting.remove(ticket)?.resumeWithException(ClientClosedException())
        }
    }

    /** A reply that nobody waits for is an ordinary message. */
    private fun deliver(batch: ByteArray) {
        inbox.put(Inbound.Batch(batch))
    }
}

package dev.aldis.internal

import dev.aldis.ConnectionState
import dev.aldis.Message
import dev.aldis.SignalReport
import java.util.concurrent.atomic.AtomicLong
import dev.aldis.ffi.ConnectionState as NativeState
import dev.aldis.ffi.SignalEvent as NativeEvent
import dev.aldis.ffi.StateChange as NativeStateChange

/**
 * Moves what came from the [inbox] into the mailboxes of those who want it, in order.
 *
 * While a mailbox that holds back is full, the pump waits; then the inbox fills, and the native
 * side pauses.
 */
internal class Pump(
    private val inbox: Inbox,
    private val subscriptions: Subscriptions,
    private val uncaught: (Throwable) -> Unit,
) {
    private val reader = BatchReader()
    private val touched = ArrayList<Mailbox<*>>()
    private val unclaimedCount = AtomicLong()

    /** Messages that nobody wanted. */
    val unclaimed: Long get() = unclaimedCount.get()

    /** Whether the pump waits for somebody who is slow. */
    @Volatile
    var heldBack: Boolean = false
        private set

    /** Runs until it is cancelled. [resume] tells the native side to deliver again. */
    suspend fun run(resume: () -> Unit) {
        while (true) {
            for (item in inbox.take(resume)) {
                try {
                    stage(item)
                } catch (e: Exception) {
                    uncaught(e)
                }
                flush()
            }
        }
    }

    private fun stage(item: Inbound) {
        when (item) {
            is Inbound.Batch -> stage(item.bytes)
            is Inbound.Events -> item.events.forEach(::stage)
            is Inbound.Error -> stage(item.error.toPublic())
        }
    }

    private fun stage(batch: ByteArray) {
        val routes = subscriptions.routes
        var event: String? = null
        var mailboxes = emptyList<Mailbox<in Message>>()
        var unclaimed = 0L
        reader.reset(batch)
        while (reader.next()) {
            // Mostly the same as before, and then the same string.
            if (reader.event !== event) {
                event = reader.event
                mailboxes = routes.of(event)
            }
            if (mailboxes.isEmpty()) unclaimed++ else stage(reader.message(), mailboxes)
        }
        if (unclaimed > 0) unclaimedCount.addAndGet(unclaimed)
    }

    private fun stage(event: NativeEvent) {
        val listeners = subscriptions.routes.listeners
        when (event) {
            is NativeEvent.Message -> {
                stage(event.message.toPublic())
            }

            is NativeEvent.State -> {
                toOrderedState(event.change)?.let { stage(it, listeners) }
            }

            is NativeEvent.Connected -> {
                val session = event.session.toPublic()
                stage(ConnectionState.Authenticated(session), listeners)
                stage(session, listeners)
            }

            is NativeEvent.Lagged -> {
                subscriptions.dropped.addAndGet(event.missed)
                stage(SignalReport.Lagged(event.missed))
            }
        }
    }

    /** Reports are in order with messages for listeners alone; the rest have nothing to wait for. */
    private fun stage(report: SignalReport) {
        val routes = subscriptions.routes
        routes.reports.forEach { it.post(report) }
        stage(report, routes.listeners)
    }

    private fun stage(message: Message) {
        val mailboxes = subscriptions.routes.of(message.event)
        if (mailboxes.isEmpty()) unclaimedCount.incrementAndGet() else stage(message, mailboxes)
    }

    private fun <T : Any> stage(item: T, mailboxes: List<Mailbox<in T>>) {
        mailboxes.forEach { if (it.stage(item)) touched.add(it) }
    }

    /** Gives everybody what there is room for, before it waits for those who have none. */
    private suspend fun flush() {
        while (true) {
            touched.removeAll { it.flush() }
            if (touched.isEmpty()) break
            heldBack = true
            subscriptions.freed.receive()
        }
        heldBack = false
    }

    /** The session comes right behind the state, and makes it whole. */
    private fun toOrderedState(change: NativeStateChange): ConnectionState? =
        if (change.state == NativeState.AUTHENTICATED) null else change.toPublic(null)
}

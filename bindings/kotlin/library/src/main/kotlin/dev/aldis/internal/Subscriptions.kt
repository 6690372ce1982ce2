package dev.aldis.internal

import dev.aldis.ClientClosedException
import dev.aldis.Message
import dev.aldis.SignalReport
import dev.aldis.WhenSlow
import kotlinx.coroutines.channels.Channel
import java.util.concurrent.atomic.AtomicLong

/** Who wants what, as one picture that does not change. */
internal class Routes(
    private val byEvent: Map<String, List<Mailbox<Message>>> = emptyMap(),
    private val everything: List<Mailbox<Message>> = emptyList(),
    val listeners: List<Mailbox<Any>> = emptyList(),
    val reports: List<Mailbox<SignalReport>> = emptyList(),
) {
    val all: List<Mailbox<*>> get() = byEvent.values.flatten() + everything + listeners + reports

    private val ofAnyEvent: List<Mailbox<in Message>> = everything + listeners
    private val ofEvent: Map<String, List<Mailbox<in Message>>> =
        byEvent.mapValues { (_, mailboxes) -> mailboxes + ofAnyEvent }

    /** Who wants the messages of an event. */
    fun of(event: String): List<Mailbox<in Message>> = ofEvent[event] ?: ofAnyEvent

    fun plusMessages(event: String?, mailbox: Mailbox<Message>): Routes = if (event == null) {
        Routes(byEvent, everything + mailbox, listeners, reports)
    } else {
        val others = byEvent[event].orEmpty()
        Routes(byEvent + (event to others + mailbox), everything, listeners, reports)
    }

    fun plusListener(mailbox: Mailbox<Any>): Routes =
        Routes(byEvent, everything, listeners + mailbox, reports)

    fun plusReports(mailbox: Mailbox<SignalReport>): Routes =
        Routes(byEvent, everything, listeners, reports + mailbox)

    fun minus(mailbox: Mailbox<*>): Routes = Routes(
        byEvent.mapValues { (_, boxes) -> boxes - mailbox }.filterValues { it.isNotEmpty() },
        everything - mailbox,
        listeners - mailbox,
        reports - mailbox,
    )

    private operator fun <T : Any> List<Mailbox<T>>.minus(mailbox: Mailbox<*>): List<Mailbox<T>> =
        filter { it !== mailbox }
}

/** The collectors and listeners of a client. */
internal class Subscriptions {
    /** Tells the pump that a mailbox that was full has room, or is gone. */
    val freed: Channel<Unit> = Channel(Channel.CONFLATED)

    /** Everything that buffers dropped, or the native queue. */
    val dropped: AtomicLong = AtomicLong()

    /** Who wants what now. */
    @Volatile
    var routes: Routes = Routes()
        private set

    private var closed = false

    /** Opens a mailbox for the messages of an event, or of all; null when the client is closed. */
    fun openMessages(event: String?, capacity: Int, whenSlow: WhenSlow): Mailbox<Message>? {
        val mailbox =
            Mailbox<Message>(capacity, whenSlow, freed) { missed ->
                dropped.addAndGet(missed.toLong())
                report(SignalReport.CollectorLagged(event, missed.toLong()))
            }
        return mailbox.takeIf { change { plusMessages(event, mailbox) } }
    }

    /** Opens a mailbox for messages, states, sessions and reports. */
    fun openListener(): Mailbox<Any> {
        val mailbox = Mailbox<Any>(LISTENER_CAPACITY, WhenSlow.HoldBack, freed, ::countDropped)
        if (!change { plusListener(mailbox) }) throw ClientClosedException()
        return mailbox
    }

    /** Opens a mailbox for reports; null when the client is closed. */
    fun openReports(): Mailbox<SignalReport>? {
        val mailbox =
            Mailbox<SignalReport>(REPORTS_CAPACITY, WhenSlow.DropOldest, freed, ::countDropped)
        return mailbox.takeIf { change { plusReports(mailbox) } }
    }

    /** Takes a mailbox out, with what is in it. */
    fun remove(mailbox: Mailbox<*>) {
        change { minus(mailbox) }
        mailbox.close()
    }

    /** Tells all who want to know, without waiting for any. */
    fun report(report: SignalReport) {
        val routes = routes
        routes.reports.forEach { it.post(report) }
        routes.listeners.forEach { it.post(report) }
    }

    /** Ends all, behind what is in the mailboxes, and refuses new ones. */
    fun close() {
        synchronized(this) { closed = true }
        routes.all.forEach { it.close() }
    }

    private fun countDropped(count: Int) {
        dropped.addAndGet(count.toLong())
    }

    private inline fun change(change: Routes.() -> Routes): Boolean = synchronized(this) {
        if (!closed) routes = routes.change()
        !closed
    }

    private companion object {
        const val LISTENER_CAPACITY = 1_024
        const val REPORTS_CAPACITY = 64
    }
}

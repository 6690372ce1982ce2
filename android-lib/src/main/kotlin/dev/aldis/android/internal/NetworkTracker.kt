package dev.aldis.android.internal

/**
 * Makes a few hints out of the many events of the default network. No clock, no thread, no Android:
 * events and the time come in, and what is due goes out.
 *
 * - A hint is due when the network has not changed for [SETTLE_MS], so that a new network's burst
 *   of events is one hint, and that of its loss after [LOST_MS], so that a hand-over from Wi-Fi to
 *   mobile data is one change and not a loss and a return. Telling a loss late costs little: it
 *   only saves attempts. No hint waits for longer than [LONGEST_MS], however restless the network.
 * - Another network is told as available even where no loss was: the sockets of the former one are
 *   dead or dying. So are those of an address that went, hence other addresses count as well.
 * - The first network is taken for what the client dialed by anyway, and not told: that would begin
 *   the attempt under way anew. When none has been seen [LOST_MS] after the start, there is none.
 * - A captive portal that was not passed, a network that this app is kept off, and one that
 *   transfers nothing count as no network, until that ends. One that is merely not validated is
 *   usable: private networks never are, and the servers of some apps are in just those.
 */
internal class NetworkTracker(startMillis: Long) {
    private var default: Default? = null

    /** What the client goes by. */
    private var told: Told = Told.Nothing

    /** When what is not told yet began to differ from what is. */
    private var pendingSince: Long? = startMillis

    /** When to call [due]; null when nothing waits. */
    var dueAt: Long? = startMillis + LOST_MS
        private set

    /** Takes an event that happened at a time. Times never go back. */
    fun take(event: NetworkEvent, nowMillis: Long) {
        val before = default?.link
        apply(event)
        // Most events are about what does not matter here, such as the strength of the signal.
        if (default?.link != before) schedule(nowMillis)
    }

    /** The hint that is due, if one is. */
    fun due(nowMillis: Long): Hint? {
        val at = dueAt
        if (at == null || nowMillis < at) return null
        val isFirst = told is Told.Nothing
        val link = default?.link
        told = Told.Now(link)
        settle()
        return when {
            link == null -> Hint.NetworkLost
            isFirst -> null
            else -> Hint.NetworkAvailable
        }
    }

    private fun apply(event: NetworkEvent) {
        if (event is NetworkEvent.Available) {
            if (default?.network != event.network) default = Default(event.network)
            return
        }
        // What is told of a network that is no longer the default one comes too late.
        val current = default?.takeIf { it.network == event.network } ?: return
        default = when (event) {
            is NetworkEvent.Available -> current

            is NetworkEvent.Lost -> null

            is NetworkEvent.Blocked -> current.copy(blocked = event.blocked)

            is NetworkEvent.Addresses -> current.copy(addresses = event.addresses)

            is NetworkEvent.Capabilities -> current.copy(
                held = event.captivePortal && !event.validated,
                suspended = event.suspended,
            )
        }
    }

    private fun schedule(nowMillis: Long) {
        val link = default?.link
        if (told == Told.Now(link)) {
            settle()
            return
        }
        val since = pendingSince ?: nowMillis
        pendingSince = since
        val settled = nowMillis + if (link == null) LOST_MS else SETTLE_MS
        dueAt = settled.coerceAtMost(since + LONGEST_MS)
    }

    private fun settle() {
        pendingSince = null
        dueAt = null
    }

    /** The default network, with all that was told of it. */
    private data class Default(
        val network: Long,
        val addresses: Set<String>? = null,
        val held: Boolean = false,
        val suspended: Boolean = false,
        val blocked: Boolean = false,
    ) {
        val link: Link? =
            if (held || suspended || blocked) null else Link(network, addresses)
    }

    /** What a connection is bound to. */
    private data class Link(val network: Long, val addresses: Set<String>?)

    private sealed interface Told {
        data object Nothing : Told

        data class Now(val link: Link?) : Told
    }

    companion object {
        const val SETTLE_MS = 500L
        const val LOST_MS = 1_000L
        const val LONGEST_MS = 2_000L
    }
}

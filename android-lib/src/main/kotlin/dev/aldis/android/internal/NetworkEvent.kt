package dev.aldis.android.internal

/** What the system tells of the default network, in the order in which it tells it. */
internal sealed interface NetworkEvent {
    /** Which network it is about. A network that went and came back has another number. */
    val network: Long

    /** This is the default network now. The former one, if any, is not told as lost. */
    data class Available(override val network: Long) : NetworkEvent

    /** The default network is gone, and there is no other one yet. */
    data class Lost(override val network: Long) : NetworkEvent

    /**
     * What the network can do.
     *
     * @property validated the system reached the internet by it.
     * @property captivePortal the system was shown a page to log in at.
     * @property suspended it transfers nothing for the time being, as mobile data during a call.
     */
    data class Capabilities(
        override val network: Long,
        val validated: Boolean,
        val captivePortal: Boolean,
        val suspended: Boolean,
    ) : NetworkEvent

    /** The addresses that this device has in the network, without those that reach no router. */
    data class Addresses(override val network: Long, val addresses: Set<String>) : NetworkEvent

    /** Whether the system keeps this app off the network: data saver, Doze, app standby. */
    data class Blocked(override val network: Long, val blocked: Boolean) : NetworkEvent
}

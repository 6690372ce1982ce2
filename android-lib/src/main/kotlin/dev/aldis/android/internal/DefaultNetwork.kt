package dev.aldis.android.internal

import android.net.ConnectivityManager
import android.net.LinkProperties
import android.net.Network
import android.net.NetworkCapabilities
import android.os.Build
import android.os.Handler
import android.os.SystemClock

/**
 * Listens to the network that this app's sockets use by default. It goes by what the callbacks
 * bring, and asks [connectivity] nothing: the answer could be older or newer than the callback.
 *
 * Callbacks come on a thread of the system's (a thread of one's own to be called on is API 26), and
 * are handled on that of [handler], by its clock. It stands still in deep sleep, where nothing
 * could be told anyway.
 */
internal class DefaultNetwork(
    private val connectivity: ConnectivityManager,
    private val handler: Handler,
    private val tell: (Hint) -> Unit,
) : ConnectivityManager.NetworkCallback(),
    Part {
    private val tracker = NetworkTracker(SystemClock.uptimeMillis())
    private val whenDue = Runnable {
        tracker.due(SystemClock.uptimeMillis())?.let(tell)
        schedule()
    }

    override fun attach() {
        connectivity.registerDefaultNetworkCallback(this)
        handler.post(::schedule)
    }

    override fun detach() {
        connectivity.unregisterNetworkCallback(this)
        handler.removeCallbacks(whenDue)
    }

    override fun onAvailable(network: Network) {
        take(NetworkEvent.Available(network.networkHandle))
    }

    override fun onLost(network: Network) {
        take(NetworkEvent.Lost(network.networkHandle))
    }

    override fun onCapabilitiesChanged(network: Network, capabilities: NetworkCapabilities) {
        fun has(capability: Int) = capabilities.hasCapability(capability)
        take(
            NetworkEvent.Capabilities(
                network.networkHandle,
                validated = has(NetworkCapabilities.NET_CAPABILITY_VALIDATED),
                captivePortal = has(NetworkCapabilities.NET_CAPABILITY_CAPTIVE_PORTAL),
                // Older systems do not know the capability, and no network of theirs has it.
                suspended =
                    Build.VERSION.SDK_INT >= Build.VERSION_CODES.P &&
                        !has(NetworkCapabilities.NET_CAPABILITY_NOT_SUSPENDED),
            ),
        )
    }

    override fun onLinkPropertiesChanged(network: Network, properties: LinkProperties) {
        val addresses = properties.linkAddresses
            .map { it.address }
            .filterNot { it.isLinkLocalAddress }
            .mapNotNullTo(mutableSetOf()) { it.hostAddress }
        take(NetworkEvent.Addresses(network.networkHandle, addresses))
    }

    /** Called from API 29 on. */
    override fun onBlockedStatusChanged(network: Network, blocked: Boolean) {
        take(NetworkEvent.Blocked(network.networkHandle, blocked))
    }

    private fun take(event: NetworkEvent) {
        handler.post {
            tracker.take(event, SystemClock.uptimeMillis())
            schedule()
        }
    }

    private fun schedule() {
        handler.removeCallbacks(whenDue)
        tracker.dueAt?.let { handler.postAtTime(whenDue, it) }
    }
}

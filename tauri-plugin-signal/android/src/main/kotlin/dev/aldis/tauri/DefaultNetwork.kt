package dev.aldis.tauri

import android.net.ConnectivityManager
import android.net.LinkProperties
import android.net.Network
import android.net.NetworkCapabilities
import android.os.Build
import app.tauri.plugin.JSArray

/**
 * Listens to the network that this app's sockets use by default. It goes by what the callbacks
 * bring, and asks the system nothing: the answer could be older or newer than the callback.
 */
internal class DefaultNetwork(private val facts: Facts) : ConnectivityManager.NetworkCallback() {
    override fun onAvailable(network: Network) = tell("networkAvailable", network)

    override fun onLost(network: Network) = tell("networkLost", network)

    override fun onCapabilitiesChanged(network: Network, capabilities: NetworkCapabilities) {
        fun has(capability: Int) = capabilities.hasCapability(capability)
        // Older systems do not know the capability, and no network of theirs has it.
        val suspended = Build.VERSION.SDK_INT >= Build.VERSION_CODES.P &&
            !has(NetworkCapabilities.NET_CAPABILITY_NOT_SUSPENDED)
        tell(
            "networkCapabilities",
            network,
            "validated" to has(NetworkCapabilities.NET_CAPABILITY_VALIDATED),
            "captivePortal" to has(NetworkCapabilities.NET_CAPABILITY_CAPTIVE_PORTAL),
            "suspended" to suspended,
        )
    }

    override fun onLinkPropertiesChanged(network: Network, properties: LinkProperties) {
        val addresses = JSArray()
        for (link in properties.linkAddresses) {
            // A link-local address reaches no router.
            if (!link.address.isLinkLocalAddress) addresses.put(link.address.hostAddress)
        }
        tell("networkAddresses", network, "addresses" to addresses)
    }

    /** Called from API 29 on. */
    override fun onBlockedStatusChanged(network: Network, blocked: Boolean) =
        tell("networkBlocked", network, "blocked" to blocked)

    private fun tell(type: String, network: Network, vararg details: Pair<String, Any>) =
        facts.tell(type, "network" to network.networkHandle, *details)
}

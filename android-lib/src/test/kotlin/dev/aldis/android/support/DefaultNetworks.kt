package dev.aldis.android.support

import android.content.Context
import android.net.ConnectivityManager
import android.net.ConnectivityManager.NetworkCallback
import android.net.LinkAddress
import android.net.LinkProperties
import android.net.Network
import android.net.NetworkCapabilities
import android.net.NetworkCapabilities.NET_CAPABILITY_NOT_SUSPENDED
import android.net.NetworkCapabilities.NET_CAPABILITY_VALIDATED
import android.os.Build
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowNetwork
import org.robolectric.shadows.ShadowNetworkCapabilities
import java.net.InetAddress

/** The system's side of the network: tells all who listen. */
internal class DefaultNetworks(context: Context) {
    val connectivity: ConnectivityManager =
        context.getSystemService(ConnectivityManager::class.java)!!

    val listeners: Set<NetworkCallback> get() = shadowOf(connectivity).networkCallbacks

    /** Another default network, with all that newer systems tell of one at once. */
    fun arrives(network: Network, vararg addresses: String) {
        listeners.forEach { it.onAvailable(network) }
        can(network, NET_CAPABILITY_VALIDATED, NET_CAPABILITY_NOT_SUSPENDED)
        has(network, *addresses)
    }

    fun goes(network: Network) = listeners.forEach { it.onLost(network) }

    fun can(network: Network, vararg capabilities: Int) {
        val told: NetworkCapabilities = ShadowNetworkCapabilities.newInstance()
        capabilities.filter(::isKnown).forEach { shadowOf(told).addCapability(it) }
        listeners.forEach { it.onCapabilitiesChanged(network, told) }
    }

    fun has(network: Network, vararg addresses: String) {
        val properties = LinkProperties()
        properties.setLinkAddresses(
            addresses.map { LinkAddress(InetAddress.getByName(it), PREFIX_LENGTH) },
        )
        listeners.forEach { it.onLinkPropertiesChanged(network, properties) }
    }

    fun isBlocked(network: Network, blocked: Boolean) =
        listeners.forEach { it.onBlockedStatusChanged(network, blocked) }

    private fun isKnown(capability: Int) =
        capability != NET_CAPABILITY_NOT_SUSPENDED || Build.VERSION.SDK_INT >= Build.VERSION_CODES.P

    companion object {
        private const val PREFIX_LENGTH = 24

        val WIFI: Network get() = ShadowNetwork.newInstance(1)
        val MOBILE: Network get() = ShadowNetwork.newInstance(2)
    }
}

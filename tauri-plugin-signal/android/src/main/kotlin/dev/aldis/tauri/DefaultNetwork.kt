package dev.aldis.tauri

import android.content.Context
import android.net.ConnectivityManager
import android.net.Network

/** Tells whenever the app gets a network, or another one, and when it has none any more. */
internal class DefaultNetwork(context: Context, private val tell: (available: Boolean) -> Unit) :
    ConnectivityManager.NetworkCallback() {
    private val connectivity = context.getSystemService(ConnectivityManager::class.java)

    init {
        connectivity.registerDefaultNetworkCallback(this)
    }

    override fun onAvailable(network: Network) = tell(true)

    override fun onLost(network: Network) = tell(false)

    fun close() = connectivity.unregisterNetworkCallback(this)
}

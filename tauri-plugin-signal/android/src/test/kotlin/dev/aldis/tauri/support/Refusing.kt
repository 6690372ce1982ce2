package dev.aldis.tauri.support

import android.net.ConnectivityManager
import android.net.ConnectivityManager.NetworkCallback
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.shadows.ShadowConnectivityManager

/** Android when an app listens to too much already. */
@Implements(ConnectivityManager::class)
internal class Refusing : ShadowConnectivityManager() {
    @Implementation
    override fun registerDefaultNetworkCallback(callback: NetworkCallback): Unit =
        throw SecurityException("too many callbacks")
}

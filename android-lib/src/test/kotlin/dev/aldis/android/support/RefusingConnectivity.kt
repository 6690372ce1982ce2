package dev.aldis.android.support

import android.net.ConnectivityManager
import android.net.ConnectivityManager.NetworkCallback
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.shadows.ShadowConnectivityManager

/** A system that takes no more callbacks. */
@Implements(ConnectivityManager::class)
internal class RefusingConnectivity : ShadowConnectivityManager() {
    @Implementation
    override fun registerDefaultNetworkCallback(callback: NetworkCallback): Unit =
        throw SecurityException(REFUSAL)

    companion object {
        const val REFUSAL = "too many callbacks"
    }
}

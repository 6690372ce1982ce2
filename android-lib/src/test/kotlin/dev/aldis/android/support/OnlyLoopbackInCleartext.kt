package dev.aldis.android.support

import android.security.NetworkSecurityPolicy
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.shadow.api.Shadow

/** An app whose network security configuration permits cleartext to this device only. */
@Implements(NetworkSecurityPolicy::class)
internal class OnlyLoopbackInCleartext {
    @Implementation
    fun isCleartextTrafficPermitted(host: String): Boolean = host == "127.0.0.1" || host == "::1"

    companion object {
        /** The one instance may have been made by a test of another app. */
        @JvmStatic
        @Implementation
        fun getInstance(): NetworkSecurityPolicy =
            Shadow.newInstanceOf(NetworkSecurityPolicy::class.java)
    }
}

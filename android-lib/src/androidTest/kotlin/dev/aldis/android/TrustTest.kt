package dev.aldis.android

import androidx.test.ext.junit.runners.AndroidJUnit4
import dev.aldis.ConnectFailedException
import dev.aldis.TlsConfig
import dev.aldis.TrustAnchors
import dev.aldis.android.support.Servers
import dev.aldis.android.support.test
import dev.aldis.android.support.useClient
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith

/** Whose certificates are trusted, with the device's own store of them. */
@RunWith(AndroidJUnit4::class)
internal class TrustTest {
    @Test
    fun whatTheDeviceDoesNotKnowIsRefused() {
        for (trust in TrustAnchors.entries) {
            val failure = assertThrows(ConnectFailedException::class.java) {
                connect(TlsConfig(trust = trust))
            }
            assertEquals("tls_failed", failure.code)
            assertTrue(failure.message.orEmpty(), "certificate" in failure.message.orEmpty())
        }
    }

    @Test
    fun theAuthorityOfTheAppIsTrustedBesides() {
        connect(TlsConfig(extraRoots = listOf(Servers.authority)))
    }

    @Test
    fun aPinOfAnotherKeyIsRefused() {
        val failure = assertThrows(ConnectFailedException::class.java) {
            val pins = listOf("sha256/${"A".repeat(43)}=")
            connect(TlsConfig(extraRoots = listOf(Servers.authority), pins = pins))
        }
        assertEquals("pin_mismatch", failure.code)
    }

    private fun connect(tls: TlsConfig) = test {
        useClient(url = Servers.secure, configure = { tls(tls).maxRetries(0) }) { client ->
            assertEquals("ann", client.connect().userId)
        }
    }
}

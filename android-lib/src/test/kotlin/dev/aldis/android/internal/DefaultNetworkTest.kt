package dev.aldis.android.internal

import android.net.NetworkCapabilities.NET_CAPABILITY_CAPTIVE_PORTAL
import android.net.NetworkCapabilities.NET_CAPABILITY_NOT_SUSPENDED
import android.net.NetworkCapabilities.NET_CAPABILITY_VALIDATED
import android.os.Handler
import android.os.Looper
import dev.aldis.android.internal.Hint.NetworkAvailable
import dev.aldis.android.internal.Hint.NetworkLost
import dev.aldis.android.support.DefaultNetworks
import dev.aldis.android.support.DefaultNetworks.Companion.MOBILE
import dev.aldis.android.support.DefaultNetworks.Companion.WIFI
import dev.aldis.android.support.MainThread
import org.junit.Assert.assertEquals
import org.junit.Assert.assertSame
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import kotlin.concurrent.thread

@RunWith(RobolectricTestRunner::class)
@Config(sdk = [24, 29, 34])
internal class DefaultNetworkTest {
    private val networks = DefaultNetworks(RuntimeEnvironment.getApplication())
    private val hints = mutableListOf<Hint>()
    private val network = DefaultNetwork(networks.connectivity, Handler(Looper.getMainLooper())) {
        assertSame(Looper.getMainLooper().thread, Thread.currentThread())
        hints += it
    }

    private fun attachOnWifi() {
        network.attach()
        networks.arrives(WIFI, "192.0.2.7")
        MainThread.workFor(10_000)
        assertEquals(emptyList<Hint>(), hints)
    }

    @Test
    fun `a hand-over is told when the new network has settled`() {
        attachOnWifi()
        networks.arrives(MOBILE, "198.51.100.7")
        MainThread.workFor(499)
        assertEquals(emptyList<Hint>(), hints)
        MainThread.workFor(1)
        assertEquals(listOf(NetworkAvailable), hints)
    }

    @Test
    fun `every event puts the hint off`() {
        attachOnWifi()
        networks.arrives(MOBILE, "198.51.100.7")
        MainThread.workFor(400)
        networks.has(MOBILE, "198.51.100.7", "2001:db8::7")
        MainThread.workFor(499)
        assertEquals(emptyList<Hint>(), hints)
        MainThread.workFor(1)
        assertEquals(listOf(NetworkAvailable), hints)
    }

    @Test
    fun `a loss and a return are told`() {
        attachOnWifi()
        networks.goes(WIFI)
        MainThread.workFor(999)
        assertEquals(emptyList<Hint>(), hints)
        MainThread.workFor(1)
        assertEquals(listOf(NetworkLost), hints)
        networks.arrives(WIFI, "192.0.2.7")
        MainThread.workFor(500)
        assertEquals(listOf(NetworkLost, NetworkAvailable), hints)
    }

    @Test
    fun `no network from the start is told`() {
        network.attach()
        MainThread.workFor(1_000)
        assertEquals(listOf(NetworkLost), hints)
    }

    @Test
    fun `link-local addresses come and go unnoticed`() {
        attachOnWifi()
        networks.has(WIFI, "192.0.2.7", "fe80::7")
        MainThread.workFor(10_000)
        assertEquals(emptyList<Hint>(), hints)
    }

    @Test
    fun `a captive portal is no network until it is passed`() {
        attachOnWifi()
        networks.can(WIFI, NET_CAPABILITY_CAPTIVE_PORTAL, NET_CAPABILITY_NOT_SUSPENDED)
        MainThread.workFor(1_000)
        assertEquals(listOf(NetworkLost), hints)
        networks.can(WIFI, NET_CAPABILITY_VALIDATED, NET_CAPABILITY_NOT_SUSPENDED)
        MainThread.workFor(500)
        assertEquals(listOf(NetworkLost, NetworkAvailable), hints)
    }

    @Test
    fun `a network that is not validated is one`() {
        attachOnWifi()
        networks.can(WIFI, NET_CAPABILITY_NOT_SUSPENDED)
        MainThread.workFor(10_000)
        assertEquals(emptyList<Hint>(), hints)
    }

    @Test
    @Config(sdk = [29, 34])
    fun `a blocked network is none`() {
        attachOnWifi()
        networks.isBlocked(WIFI, true)
        MainThread.workFor(1_000)
        networks.isBlocked(WIFI, false)
        MainThread.workFor(500)
        assertEquals(listOf(NetworkLost, NetworkAvailable), hints)
    }

    @Test
    @Config(sdk = [29, 34])
    fun `a suspended network is none`() {
        attachOnWifi()
        networks.can(WIFI, NET_CAPABILITY_VALIDATED)
        MainThread.workFor(1_000)
        assertEquals(listOf(NetworkLost), hints)
    }

    @Test
    @Config(sdk = [24])
    fun `what an old system cannot say of a network is not held against it`() {
        attachOnWifi()
        networks.can(WIFI, NET_CAPABILITY_VALIDATED)
        MainThread.workFor(10_000)
        assertEquals(emptyList<Hint>(), hints)
    }

    @Test
    fun `events from another thread are handled on the main one`() {
        attachOnWifi()
        thread { networks.arrives(MOBILE, "198.51.100.7") }.join()
        MainThread.workFor(500)
        assertEquals(listOf(NetworkAvailable), hints)
    }

    @Test
    fun `nothing is told after the end`() {
        attachOnWifi()
        networks.arrives(MOBILE, "198.51.100.7")
        MainThread.work()
        network.detach()
        MainThread.workFor(10_000)
        assertEquals(emptyList<Hint>(), hints)
        assertEquals(emptySet<Any>(), networks.listeners)
    }
}

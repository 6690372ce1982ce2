package dev.aldis.tauri

import android.content.Context
import android.content.Intent
import android.net.ConnectivityManager
import android.net.ConnectivityManager.NetworkCallback
import android.net.LinkAddress
import android.net.LinkProperties
import android.net.NetworkCapabilities
import android.net.NetworkCapabilities.NET_CAPABILITY_CAPTIVE_PORTAL
import android.net.NetworkCapabilities.NET_CAPABILITY_NOT_SUSPENDED
import android.net.NetworkCapabilities.NET_CAPABILITY_VALIDATED
import android.os.Build
import android.os.PowerManager
import dev.aldis.tauri.support.App
import dev.aldis.tauri.support.Refusing
import dev.aldis.tauri.support.RustSide
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowNetwork
import org.robolectric.shadows.ShadowNetworkCapabilities
import java.net.InetAddress

/** What Rust is told, through Tauri's own manager of plugins. */
@RunWith(RobolectricTestRunner::class)
@Config(
    sdk = [24, 29, 34],
    shadows = [RustSide::class],
    instrumentedPackages = ["app.tauri.plugin"],
)
internal class SignalPluginTest {
    private val app = App()
    private val network = ShadowNetwork.newInstance(1)
    private val handle = network.networkHandle
    private val connectivity = service<ConnectivityManager>()
    private val power = service<PowerManager>()
    private val listener: NetworkCallback
        get() = shadowOf(connectivity).networkCallbacks.single()

    private inline fun <reified T : Any> service(): T =
        app.application.getSystemService(T::class.java)!!

    @After
    fun close() = app.close()

    private fun capabilities(vararg has: Int): NetworkCapabilities =
        ShadowNetworkCapabilities.newInstance().also {
            has.filter(::isKnown).forEach(shadowOf(it)::addCapability)
        }

    private fun isKnown(capability: Int) =
        capability != NET_CAPABILITY_NOT_SUSPENDED || Build.VERSION.SDK_INT >= Build.VERSION_CODES.P

    private fun assertTold(vararg facts: String) = assertEquals(facts.toList(), app.news())

    @Test
    @Config(sdk = [29, 34])
    fun `the foreground that there is is told at once`() {
        assertEquals(listOf("type: foreground"), app.watch())
    }

    @Test
    @Config(sdk = [29, 34])
    fun `so is the background`() {
        app.leave()
        assertEquals(listOf("type: background"), app.watch())
    }

    @Test
    @Config(sdk = [29, 34])
    fun `the app is left and opened again`() {
        app.watch()
        app.leave()
        assertTold("type: background")
        app.open()
        assertTold("type: foreground")
    }

    @Test
    @Config(sdk = [29, 34])
    fun `a rotation is not told`() {
        app.watch()
        app.rotate()
        assertTold()
    }

    @Test
    fun `networks come and go`() {
        app.watch()
        listener.onAvailable(network)
        listener.onLost(network)
        assertTold(
            "network: $handle, type: networkAvailable",
            "network: $handle, type: networkLost",
        )
    }

    @Test
    fun `what a network can do is told`() {
        app.watch()
        val usual = intArrayOf(NET_CAPABILITY_VALIDATED, NET_CAPABILITY_NOT_SUSPENDED)
        listener.onCapabilitiesChanged(network, capabilities(*usual))
        listener.onCapabilitiesChanged(
            network,
            capabilities(NET_CAPABILITY_CAPTIVE_PORTAL, NET_CAPABILITY_NOT_SUSPENDED),
        )
        assertTold(
            "captivePortal: false, network: $handle, suspended: false, " +
                "type: networkCapabilities, validated: true",
            "captivePortal: true, network: $handle, suspended: false, " +
                "type: networkCapabilities, validated: false",
        )
    }

    @Test
    @Config(sdk = [29, 34])
    fun `a network that transfers nothing is told`() {
        app.watch()
        listener.onCapabilitiesChanged(network, capabilities(NET_CAPABILITY_VALIDATED))
        assertTold(
            "captivePortal: false, network: $handle, suspended: true, " +
                "type: networkCapabilities, validated: true",
        )
    }

    @Test
    @Config(sdk = [24])
    fun `older systems know of no such network`() {
        app.watch()
        listener.onCapabilitiesChanged(network, capabilities(NET_CAPABILITY_VALIDATED))
        assertTold(
            "captivePortal: false, network: $handle, suspended: false, " +
                "type: networkCapabilities, validated: true",
        )
    }

    @Test
    fun `addresses that reach a router are told`() {
        app.watch()
        val properties = LinkProperties()
        properties.setLinkAddresses(
            listOf("192.0.2.7", "fe80::7", "2001:db8::7")
                .map { LinkAddress(InetAddress.getByName(it), PREFIX_LENGTH) },
        )
        listener.onLinkPropertiesChanged(network, properties)
        assertTold(
            """addresses: ["192.0.2.7","2001:db8:0:0:0:0:0:7"], network: $handle, """ +
                "type: networkAddresses",
        )
    }

    @Test
    @Config(sdk = [29, 34])
    fun `a network that the app is kept off is told`() {
        app.watch()
        listener.onBlockedStatusChanged(network, true)
        assertTold("blocked: true, network: $handle, type: networkBlocked")
    }

    @Test
    fun `the end of Doze is told, and its beginning is not`() {
        app.watch()
        doze(true)
        assertTold()
        doze(false)
        assertTold("type: woke")
    }

    @Test
    @Config(sdk = [34])
    fun `light Doze counts where the system tells of it`() {
        app.watch()
        lightDoze(true)
        doze(true)
        doze(false)
        assertTold()
        lightDoze(false)
        assertTold("type: woke")
    }

    @Test
    @Config(sdk = [34])
    fun `no other app is listened to`() {
        app.watch()
        val receivers = shadowOf(app.application).registeredReceivers
        val ours = receivers.single { it.broadcastReceiver is IdleMode }
        assertEquals(Context.RECEIVER_NOT_EXPORTED, ours.flags)
    }

    @Test
    @Config(shadows = [RustSide::class, Refusing::class])
    fun `what the system refuses to tell, the rest is told without`() {
        app.watch()
        doze(true)
        doze(false)
        assertTold("type: woke")
    }

    private fun doze(idle: Boolean) {
        // Sends the broadcast, which that of light Doze does not.
        shadowOf(power).setIsDeviceIdleMode(idle)
        app.work()
    }

    private fun lightDoze(idle: Boolean) {
        shadowOf(power).setIsDeviceLightIdleMode(idle)
        val change = Intent(PowerManager.ACTION_DEVICE_LIGHT_IDLE_MODE_CHANGED)
        app.application.sendBroadcast(change)
        app.work()
    }

    private companion object {
        const val PREFIX_LENGTH = 24
    }
}

package dev.aldis.android.internal

import android.app.Application
import android.content.Context
import android.content.Intent
import android.os.PowerManager
import dev.aldis.android.support.MainThread
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

@RunWith(RobolectricTestRunner::class)
@Config(sdk = [24, 29, 34])
internal class IdleModeTest {
    private val application: Application = RuntimeEnvironment.getApplication()
    private val power = application.getSystemService(PowerManager::class.java)!!
    private var awakenings = 0
    private val mode = IdleMode(application, power) { awakenings++ }

    private val receivers
        get() = shadowOf(application).registeredReceivers.filter { it.broadcastReceiver === mode }

    private fun deepDoze(idle: Boolean) {
        // Sends the broadcast, which that of light Doze does not.
        shadowOf(power).setIsDeviceIdleMode(idle)
        MainThread.work()
    }

    private fun lightDoze(idle: Boolean) {
        shadowOf(power).setIsDeviceLightIdleMode(idle)
        application.sendBroadcast(Intent(PowerManager.ACTION_DEVICE_LIGHT_IDLE_MODE_CHANGED))
        MainThread.work()
    }

    @Test
    fun `the end of Doze is told, and its beginning is not`() {
        mode.attach()
        repeat(2) {
            deepDoze(true)
            assertEquals(it, awakenings)
            deepDoze(false)
            assertEquals(it + 1, awakenings)
        }
    }

    @Test
    @Config(sdk = [34])
    fun `light Doze counts where the system tells of it`() {
        mode.attach()
        lightDoze(true)
        assertEquals(0, awakenings)
        deepDoze(true)
        deepDoze(false)
        assertEquals("deep Doze has become light", 0, awakenings)
        lightDoze(false)
        assertEquals(1, awakenings)
    }

    @Test
    @Config(sdk = [34])
    fun `no other app is listened to`() {
        mode.attach()
        assertEquals(Context.RECEIVER_NOT_EXPORTED, receivers.single().flags)
    }

    @Test
    fun `nothing is told after the end`() {
        mode.attach()
        assertEquals(1, receivers.size)
        mode.detach()
        assertEquals(0, receivers.size)
        deepDoze(true)
        deepDoze(false)
        assertEquals(0, awakenings)
    }
}

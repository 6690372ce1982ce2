package dev.aldis.tauri

import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.os.Build
import android.os.PowerManager
import androidx.annotation.RequiresApi

/**
 * Tells when Doze ends, and so do its pauses for maintenance: for as long as it lasted nothing went
 * through, and the connection may be dead without anybody knowing.
 */
internal class IdleMode(private val power: PowerManager, private val facts: Facts) :
    BroadcastReceiver() {
    fun follow(context: Context) {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
            followBoth(context)
        } else {
            context.registerReceiver(this, deep())
        }
    }

    override fun onReceive(context: Context, intent: Intent) {
        if (!isIdle()) facts.tell("woke")
    }

    private fun deep() = IntentFilter(PowerManager.ACTION_DEVICE_IDLE_MODE_CHANGED)

    /** Light Doze is told of from API 33 on, which also asks who may send. The system always may. */
    @RequiresApi(Build.VERSION_CODES.TIRAMISU)
    private fun followBoth(context: Context) {
        val both = deep().apply { addAction(PowerManager.ACTION_DEVICE_LIGHT_IDLE_MODE_CHANGED) }
        context.registerReceiver(this, both, Context.RECEIVER_NOT_EXPORTED)
    }

    private fun isIdle(): Boolean {
        if (power.isDeviceIdleMode) return true
        return Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU && isLightlyIdle()
    }

    @RequiresApi(Build.VERSION_CODES.TIRAMISU)
    private fun isLightlyIdle() = power.isDeviceLightIdleMode
}

package dev.aldis.android.support

import android.os.Build
import android.os.ParcelFileDescriptor.AutoCloseInputStream
import androidx.test.platform.app.InstrumentationRegistry

/** What a user or the system does to the device, by the commands that a shell has for it. */
internal object Device {
    /** Takes every network away, while [action] runs. */
    inline fun withoutNetwork(action: () -> Unit) = between(networks(false), networks(true), action)

    /** Makes the device believe that it was left alone for long, while [action] runs. */
    inline fun dozing(action: () -> Unit) = between(
        listOf("dumpsys battery unplug", "dumpsys deviceidle force-idle"),
        listOf("dumpsys deviceidle unforce", "dumpsys battery reset"),
        action,
    )

    /** Runs a command as the user `shell`, and returns what it prints. */
    fun shell(command: String): String {
        val automation = InstrumentationRegistry.getInstrumentation().uiAutomation
        return AutoCloseInputStream(automation.executeShellCommand(command))
            .use { it.readBytes() }
            .decodeToString()
    }

    /** Flight mode where a shell may switch it, else what it consists of. */
    fun networks(on: Boolean): List<String> {
        val enable = if (on) "enable" else "disable"
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.R) {
            return listOf("svc wifi $enable", "svc data $enable")
        }
        return listOf("cmd connectivity airplane-mode ${if (on) "disable" else "enable"}")
    }

    /** The device is left as it was found, whatever happens. */
    inline fun between(before: List<String>, after: List<String>, action: () -> Unit) {
        try {
            before.forEach(::shell)
            action()
        } finally {
            after.forEach(::shell)
        }
    }
}

package dev.aldis.tauri.support

import android.app.Activity
import android.app.Application
import android.content.Context
import android.os.Build
import android.os.Looper
import androidx.lifecycle.ProcessLifecycleOwner
import app.tauri.plugin.PluginManager
import dev.aldis.tauri.SignalPlugin
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import java.time.Duration

/** An app with one activity and the plugin. */
internal class App : AutoCloseable {
    val application: Application = RuntimeEnvironment.getApplication()
    private var activity: ActivityController<Activity>? = null

    // The process, and what follows it, outlive the tests: each has a channel of its own.
    private val channel = ++channels

    init {
        if (isFollowed) {
            // What its initializer does. That itself wants the merged manifest of an app.
            ProcessLifecycleOwner::class.java
                .getMethod("init\$lifecycle_process", Context::class.java)
                .invoke(null, application)
        }
        open()
        PluginManager.load(null, "signal", SignalPlugin(activity!!.get()), "null")
    }

    /** Lets the plugin tell, and returns what it tells of where it begins. */
    fun watch(): List<String> {
        val answer = RustSide.run("watch", """{"channel":"__CHANNEL__:$channel"}""")
        check(answer.success == "null") { "$answer" }
        return news()
    }

    /** What the plugin told meanwhile. */
    fun news(): List<String> = RustSide.news(channel)

    fun open() {
        activity = Robolectric.buildActivity(Activity::class.java).setup()
        work()
    }

    /** The activity is made anew, as when the device is turned. */
    fun rotate() {
        activity!!.recreate()
        work()
    }

    /** Goes to the background for good, which the process is told a moment later. */
    fun leave() {
        activity?.pause()?.stop()?.destroy()
        activity = null
        shadowOf(Looper.getMainLooper()).idleFor(Duration.ofMillis(PROCESS_LIFECYCLE_DELAY_MS))
    }

    fun work() = shadowOf(Looper.getMainLooper()).idle()

    override fun close() = leave()

    private companion object {
        var channels = 0L

        /** Before API 29 AndroidX follows activities by fragments of its own. */
        val isFollowed = Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q

        const val PROCESS_LIFECYCLE_DELAY_MS = 700L
    }
}

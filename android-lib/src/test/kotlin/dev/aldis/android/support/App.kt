package dev.aldis.android.support

import android.app.Activity
import android.app.Application
import android.content.Context
import androidx.lifecycle.Lifecycle
import androidx.lifecycle.LifecycleRegistry
import androidx.lifecycle.ProcessLifecycleOwner
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.android.controller.ActivityController

/** An app with one activity, whose process is followed as on a device. */
internal class App : AutoCloseable {
    val application: Application = RuntimeEnvironment.getApplication()
    val networks = DefaultNetworks(application)
    val process = ProcessLifecycleOwner.get().lifecycle as LifecycleRegistry
    private var activity: ActivityController<Activity>? = null

    init {
        // What its initializer does. That itself wants the merged manifest of an app.
        ProcessLifecycleOwner::class.java
            .getMethod("init\$lifecycle_process", Context::class.java)
            .invoke(null, application)
    }

    fun open(): Activity {
        val controller = Robolectric.buildActivity(Activity::class.java).setup()
        activity = controller
        MainThread.work()
        check(process.currentState == Lifecycle.State.RESUMED) { "${process.currentState}" }
        return controller.get()
    }

    /** The activity is made anew, as when the device is turned. */
    fun rotate() {
        activity?.recreate()
        MainThread.work()
    }

    /** Goes to the background for good, which the process is told a moment later. */
    fun leave() {
        activity?.pause()?.stop()?.destroy()
        activity = null
        MainThread.workFor(PROCESS_LIFECYCLE_DELAY_MS)
        check(process.currentState == Lifecycle.State.CREATED) { "${process.currentState}" }
    }

    override fun close() {
        if (activity != null) leave()
    }

    private companion object {
        const val PROCESS_LIFECYCLE_DELAY_MS = 700L
    }
}

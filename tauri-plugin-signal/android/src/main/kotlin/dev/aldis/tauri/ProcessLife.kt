package dev.aldis.tauri

import androidx.lifecycle.DefaultLifecycleObserver
import androidx.lifecycle.Lifecycle
import androidx.lifecycle.LifecycleOwner

/** Tells when the app comes to the foreground and when it leaves it. A rotation is neither. */
internal class ProcessLife(private val facts: Facts) : DefaultLifecycleObserver {
    /** Begins with where the process is. Called on the main thread. */
    fun follow(process: Lifecycle) {
        // Catches up with the foreground, but not with the background.
        process.addObserver(this)
        if (!process.currentState.isAtLeast(Lifecycle.State.STARTED)) facts.tell("background")
    }

    override fun onStart(owner: LifecycleOwner) = facts.tell("foreground")

    override fun onStop(owner: LifecycleOwner) = facts.tell("background")
}

package dev.aldis.android.internal

import android.os.Handler
import androidx.lifecycle.DefaultLifecycleObserver
import androidx.lifecycle.Lifecycle
import androidx.lifecycle.LifecycleOwner
import dev.aldis.android.LifePolicy

/**
 * Follows the app into the background and back.
 *
 * The grace runs on the clock of [handler], which neither wakes the device nor runs in deep sleep:
 * a device that sleeps spends nothing on a connection. Where the process is frozen meanwhile, what
 * fell due is done when it thaws: a connection that outlived its grace is then closed and made
 * anew, one that did not is only probed.
 *
 * @param lifecycle the process's. Where the app has taken its initializer out, nothing is ever told
 * and the client is left alone.
 */
internal class ProcessLife(
    private val lifecycle: Lifecycle,
    policy: LifePolicy,
    private val handler: Handler,
    private val tell: (Hint) -> Unit,
) : DefaultLifecycleObserver,
    Part {
    private val graceMillis = (policy as? LifePolicy.Foreground)?.backgroundGraceMillis
    private var inBackground = false
    private var suspended = false
    private val suspend = Runnable {
        suspended = true
        tell(Hint.Suspended)
    }

    override fun attach() {
        handler.post {
            // Catches up with where the process is, unless that is the background.
            lifecycle.addObserver(this)
            if (lifecycle.currentState == Lifecycle.State.CREATED) enterBackground()
        }
    }

    override fun detach() {
        handler.post {
            lifecycle.removeObserver(this)
            handler.removeCallbacks(suspend)
        }
    }

    override fun onStart(owner: LifecycleOwner) {
        handler.removeCallbacks(suspend)
        suspended = false
        // In the foreground from the beginning is no return to it.
        if (inBackground) tell(Hint.Resumed)
        inBackground = false
    }

    override fun onStop(owner: LifecycleOwner) {
        enterBackground()
    }

    /** The device woke up. What was suspended waits for the foreground all the same. */
    fun woke() {
        if (!suspended) tell(Hint.Resumed)
    }

    private fun enterBackground() {
        inBackground = true
        graceMillis?.let { handler.postDelayed(suspend, it) }
    }
}

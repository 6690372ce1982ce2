package dev.aldis.android.support

import android.os.Looper
import org.robolectric.Shadows.shadowOf
import java.util.concurrent.TimeUnit.MILLISECONDS

/** The main thread, which is the tests' own: it works, and its clock goes on, when it is told to. */
internal object MainThread {
    private val looper get() = shadowOf(Looper.getMainLooper())

    /** Does what is due now. */
    fun work() = looper.idle()

    /** Does what is due within some time, as it comes. */
    fun workFor(millis: Long) = looper.idleFor(millis, MILLISECONDS)
}

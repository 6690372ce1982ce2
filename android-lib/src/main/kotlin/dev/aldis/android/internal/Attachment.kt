package dev.aldis.android.internal

import android.content.Context
import android.net.ConnectivityManager
import android.os.Handler
import android.os.Looper
import android.os.PowerManager
import androidx.lifecycle.ProcessLifecycleOwner
import dev.aldis.UncaughtHandler
import dev.aldis.android.AndroidOptions
import dev.aldis.android.LifePolicy

/**
 * All that ties one client to Android. Neither function throws: what the system refuses to tell is
 * reported, and the client works without.
 */
internal class Attachment(
    private val makers: List<() -> Part>,
    private val onUncaught: UncaughtHandler,
) {
    private val parts = mutableListOf<Part>()

    fun attach() {
        for (make in makers) {
            guarded {
                val part = make()
                part.attach()
                parts += part
            }
        }
    }

    fun detach() {
        parts.forEach { guarded(it::detach) }
        parts.clear()
    }

    private inline fun guarded(action: () -> Unit) {
        try {
            action()
        } catch (e: RuntimeException) {
            try {
                onUncaught.onUncaught(e)
            } catch (_: Throwable) {
                // It is the last resort itself.
            }
        }
    }
}

/**
 * What the options ask for. Nothing is done before the attachment is attached.
 *
 * @param context outlives the client, as an activity would not.
 * @param tell takes the hints, on the main thread: lifecycles are told there, and what else is to
 * do is little enough for it.
 */
internal fun attachment(
    context: Context,
    options: AndroidOptions,
    tell: (Hint) -> Unit,
): Attachment {
    val handler = Handler(Looper.getMainLooper())
    val makers = mutableListOf<() -> Part>()
    if (options.followNetwork) {
        makers += { DefaultNetwork(context.service<ConnectivityManager>(), handler, tell) }
    }
    if (options.life != LifePolicy.AppManaged) {
        val life = ProcessLife(ProcessLifecycleOwner.get().lifecycle, options.life, handler, tell)
        makers += { life }
        makers += { IdleMode(context, context.service<PowerManager>(), life::woke) }
    }
    return Attachment(makers, options.onUncaught)
}

private inline fun <reified T : Any> Context.service(): T =
    checkNotNull(getSystemService(T::class.java)) { "this device has no ${T::class.simpleName}" }

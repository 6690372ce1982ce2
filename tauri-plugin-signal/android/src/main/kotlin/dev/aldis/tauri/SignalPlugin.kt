package dev.aldis.tauri

import android.app.Activity
import android.content.Context
import android.net.ConnectivityManager
import android.os.PowerManager
import androidx.lifecycle.ProcessLifecycleOwner
import app.tauri.Logger
import app.tauri.annotation.Command
import app.tauri.annotation.InvokeArg
import app.tauri.annotation.TauriPlugin
import app.tauri.plugin.Channel
import app.tauri.plugin.Invoke
import app.tauri.plugin.JSArray
import app.tauri.plugin.JSObject
import app.tauri.plugin.Plugin
import kotlin.concurrent.thread

@InvokeArg
internal class WatchArguments {
    lateinit var channel: Channel
}

/** The client's eyes on Android. What they see is told for as long as the process lives. */
@TauriPlugin
class SignalPlugin(activity: Activity) : Plugin(activity) {
    // An activity goes, and what is listened to does not.
    private val context: Context = activity.applicationContext

    /** Begins to tell of the network and of the app's life. Called by Rust, once. */
    @Command
    fun watch(invoke: Invoke) {
        val facts = Facts(invoke.parseArgs(WatchArguments::class.java).channel)
        guarded {
            service<ConnectivityManager>().registerDefaultNetworkCallback(DefaultNetwork(facts))
        }
        guarded { ProcessLife(facts).follow(ProcessLifecycleOwner.get().lifecycle) }
        guarded { IdleMode(service<PowerManager>(), facts).follow(context) }
        invoke.resolve()
    }

    /**
     * The certificates that the system trusts. They are as many files, which the main thread, that
     * commands are called on, does not read.
     */
    @Command
    fun trustAnchors(invoke: Invoke) {
        thread(name = "aldis-trust-anchors") {
            runCatching { JSArray(SystemCertificates.read()) }.fold(
                { invoke.resolve(JSObject().apply { put("certificates", it) }) },
                { invoke.reject("Android's certificates cannot be read: $it") },
            )
        }
    }

    private inline fun <reified T : Any> service(): T =
        checkNotNull(context.getSystemService(T::class.java)) {
            "this device has no ${T::class.simpleName}"
        }

    /** What the system refuses to tell, the client works without. */
    private inline fun guarded(action: () -> Unit) {
        try {
            action()
        } catch (e: RuntimeException) {
            Logger.error(Logger.tags("Signal"), "Android refuses to tell", e)
        }
    }
}

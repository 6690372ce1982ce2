package dev.aldis.tauri

import android.app.Activity
import androidx.appcompat.app.AppCompatActivity
import app.tauri.annotation.Command
import app.tauri.annotation.InvokeArg
import app.tauri.annotation.TauriPlugin
import app.tauri.plugin.Channel
import app.tauri.plugin.Invoke
import app.tauri.plugin.JSArray
import app.tauri.plugin.JSObject
import app.tauri.plugin.Plugin

@InvokeArg
internal class WatchArguments {
    lateinit var channel: Channel
}

/** Tells the client in Rust of the network and of the app's life. */
@TauriPlugin
class SignalPlugin(private val activity: Activity) : Plugin(activity) {
    private var news: Channel? = null
    private var network: DefaultNetwork? = null

    /** Starts to tell. Called by Rust once, when the client is made. */
    @Command
    fun watch(invoke: Invoke) {
        val channel = invoke.parseArgs(WatchArguments::class.java).channel
        news = channel
        network?.close()
        network = DefaultNetwork(activity.applicationContext) { available ->
            channel.sendObject(if (available) "networkAvailable" else "networkLost")
        }
        invoke.resolve()
    }

    /** The certificates that the system trusts. */
    @Command
    fun trustAnchors(invoke: Invoke) {
        val certificates = JSArray()
        SystemCertificates.read().forEach(certificates::put)
        invoke.resolve(JSObject().apply { put("certificates", certificates) })
    }

    override fun onResume(activity: AppCompatActivity) {
        news?.sendObject("resumed")
    }
}

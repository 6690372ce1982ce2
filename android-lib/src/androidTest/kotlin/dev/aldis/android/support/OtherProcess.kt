package dev.aldis.android.support

import android.app.Service
import android.content.Intent
import android.os.Binder
import android.os.IBinder
import android.os.Process
import dev.aldis.SignalClient
import dev.aldis.SignalConfig
import dev.aldis.android.Aldis
import dev.aldis.android.AndroidOptions
import dev.aldis.android.LifePolicy
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/**
 * An app that says the number of its process in [ROOM] as soon as it is connected. It is told where
 * the server is by what it is bound with: a process of its own has no instrumentation.
 */
internal class OtherProcess : Service() {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    private var client: SignalClient? = null

    override fun onBind(intent: Intent): IBinder {
        val url = checkNotNull(intent.getStringExtra(URL)) { "no server to connect to" }
        val config = SignalConfig(url, rooms = listOf(ROOM)) { allowInsecure(true) }
        val options = AndroidOptions(life = LifePolicy.KeepWhileAllowed)
        val client = Aldis.client(this, config, { "other" }, options)
        this.client = client
        scope.launch {
            client.connect()
            client.say(ROOM, "${Process.myPid()}")
        }
        return Binder()
    }

    override fun onDestroy() {
        scope.cancel()
        client?.close()
    }

    companion object {
        const val ROOM = "processes"
        const val URL = "url"
    }
}

package dev.aldis.android

import android.content.ComponentName
import android.content.Context
import android.content.Intent
import android.content.ServiceConnection
import android.os.IBinder
import android.os.Process
import androidx.test.core.app.ApplicationProvider
import androidx.test.ext.junit.runners.AndroidJUnit4
import dev.aldis.android.support.OtherProcess
import dev.aldis.android.support.Servers
import dev.aldis.android.support.test
import dev.aldis.android.support.text
import dev.aldis.android.support.useClient
import kotlinx.coroutines.CoroutineStart.UNDISPATCHED
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.launch
import kotlinx.serialization.json.JsonObject
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith

/**
 * A test cannot outlive its own process, and `am force-stop` would end it with the app. So the
 * client is in a second process of the app, which is killed as the system kills one for its memory:
 * without a word to anybody. The system starts it again, since somebody is bound to it.
 */
@RunWith(AndroidJUnit4::class)
internal class ProcessDeathTest {
    private val context = ApplicationProvider.getApplicationContext<Context>()

    @Test
    fun aNewProcessConnectsAfterTheOldOneWasKilled() = test {
        useClient("watcher", configure = { rooms(OtherProcess.ROOM) }) { watcher ->
            val processes = Channel<Int>(Channel.UNLIMITED)
            val listening = launch(start = UNDISPATCHED) {
                watcher.events<JsonObject>("said").collect { processes.send(it.text().toInt()) }
            }
            watcher.connect()
            watcher.requestJson("echo", "1")
            val intent = Intent(context, OtherProcess::class.java)
                .putExtra(OtherProcess.URL, Servers.plain)
            assertTrue(context.bindService(intent, Bound, Context.BIND_AUTO_CREATE))
            try {
                val first = processes.receive()
                assertNotEquals(Process.myPid(), first)
                Process.killProcess(first)
                assertNotEquals(first, processes.receive())
            } finally {
                context.unbindService(Bound)
                listening.cancel()
            }
        }
    }

    /** Keeps the process wanted; what it says comes by the server. */
    private object Bound : ServiceConnection {
        override fun onServiceConnected(name: ComponentName, service: IBinder) = Unit

        override fun onServiceDisconnected(name: ComponentName) = Unit
    }
}

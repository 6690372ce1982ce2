package dev.aldis.android

import android.os.StrictMode
import android.os.StrictMode.ThreadPolicy
import android.os.StrictMode.VmPolicy
import androidx.test.ext.junit.runners.AndroidJUnit4
import androidx.test.platform.app.InstrumentationRegistry
import dev.aldis.android.support.test
import dev.aldis.android.support.useClient
import kotlinx.coroutines.CoroutineStart.UNDISPATCHED
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.withContext
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonPrimitive
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith

/** The main thread is for the user: whoever reads, writes or waits on it ends the process here. */
@RunWith(AndroidJUnit4::class)
internal class StrictModeTest {
    private lateinit var threads: ThreadPolicy
    private val virtualMachine = StrictMode.getVmPolicy()

    @Before
    fun beStrict() {
        onMainThread {
            threads = StrictMode.getThreadPolicy()
            StrictMode.setThreadPolicy(
                ThreadPolicy
                    .Builder()
                    .detectAll()
                    .penaltyLog()
                    .penaltyDeath()
                    .build(),
            )
        }
        StrictMode.setVmPolicy(
            VmPolicy
                .Builder()
                .detectLeakedClosableObjects()
                .detectLeakedRegistrationObjects()
                .penaltyLog()
                .penaltyDeath()
                .build(),
        )
    }

    @After
    fun beAsBefore() {
        onMainThread { StrictMode.setThreadPolicy(threads) }
        StrictMode.setVmPolicy(virtualMachine)
    }

    @Test
    fun tenThousandEventsOnTheMainThread() = test {
        withContext(Dispatchers.Main) {
            useClient { client ->
                client.connect()
                val numbers = async(start = UNDISPATCHED) {
                    client
                        .events<JsonObject>("echo-many")
                        .map { it.getValue("n").jsonPrimitive.int }
                        .take(EVENTS)
                        .toList()
                }
                client.sendJson("echo-many", """{"n":$EVENTS,"bytes":100}""")
                assertEquals(List(EVENTS) { it }, numbers.await())
            }
        }
        // What was left open is found when it is collected.
        Runtime.getRuntime().gc()
        Runtime.getRuntime().runFinalization()
    }

    private fun onMainThread(action: () -> Unit) =
        InstrumentationRegistry.getInstrumentation().runOnMainSync(action)

    private companion object {
        const val EVENTS = 10_000
    }
}

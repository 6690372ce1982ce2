package dev.aldis.android

import androidx.test.ext.junit.runners.AndroidJUnit4
import dev.aldis.ConnectionState.Reconnecting
import dev.aldis.android.support.Device
import dev.aldis.android.support.say
import dev.aldis.android.support.test
import dev.aldis.android.support.text
import dev.aldis.android.support.untilAnotherThan
import dev.aldis.android.support.useClient
import kotlinx.coroutines.CoroutineStart.UNDISPATCHED
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.serialization.json.JsonObject
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith

/** What becomes of a connection when the networks of the device come and go. */
@RunWith(AndroidJUnit4::class)
internal class NetworkTest {
    @Test
    fun inFlightModeNothingIsAttemptedAndAfterItTheRoomsAreBack() = test {
        useClient(configure = { rooms("lobby") }) { client ->
            val before = client.connect()
            Device.withoutNetwork {
                client.state.filterIsInstance<Reconnecting>().first { it.retryIn == null }
            }
            client.untilAnotherThan(before)
            // Joined again when the reply to a later request has come.
            client.requestJson("echo", "1")
            val heard = async(start = UNDISPATCHED) {
                client.events<JsonObject>("said").first().text()
            }
            client.say("lobby", "back")
            assertEquals("back", heard.await())
        }
    }
}

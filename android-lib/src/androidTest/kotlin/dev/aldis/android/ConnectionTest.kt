package dev.aldis.android

import androidx.test.ext.junit.runners.AndroidJUnit4
import dev.aldis.android.support.say
import dev.aldis.android.support.test
import dev.aldis.android.support.text
import dev.aldis.android.support.useClient
import kotlinx.coroutines.CoroutineStart.UNDISPATCHED
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.first
import kotlinx.serialization.json.JsonObject
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith

/** The library on ART: what the tests on a JVM cannot show. */
@RunWith(AndroidJUnit4::class)
internal class ConnectionTest {
    @Test
    fun connectsJoinsSendsAndReceives() = test {
        useClient("ann") { ann ->
            useClient("ben") { ben ->
                assertEquals("ann", ann.connect().userId)
                ben.connect()
                for (client in listOf(ann, ben)) {
                    client.join("lobby")
                    // Joined when the reply to a later request has come.
                    client.requestJson("echo", "1")
                }
                for (text in listOf("Can you see the lamp?", "Clearly 🔦", "x".repeat(100_000))) {
                    val heard = async(start = UNDISPATCHED) {
                        ben.events<JsonObject>("said").first().text()
                    }
                    ann.say("lobby", text)
                    assertEquals(text, heard.await())
                }
            }
        }
    }

    @Test
    fun manyClientsComeAndGo() = test {
        repeat(ROUNDS) { round ->
            useClient("user-$round") { client ->
                assertEquals("user-$round", client.connect().userId)
            }
        }
    }

    private companion object {
        const val ROUNDS = 50
    }
}

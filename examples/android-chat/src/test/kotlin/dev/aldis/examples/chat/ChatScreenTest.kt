package dev.aldis.examples.chat

import android.graphics.Bitmap.CompressFormat
import android.os.SystemClock
import androidx.compose.ui.graphics.asAndroidBitmap
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.assertIsNotEnabled
import androidx.compose.ui.test.captureToImage
import androidx.compose.ui.test.junit4.v2.createComposeRule
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.onRoot
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performTextInput
import dev.aldis.CloseReason
import dev.aldis.ConnectionState
import dev.aldis.ConnectionState.Authenticated
import dev.aldis.ConnectionState.Disconnected
import dev.aldis.ConnectionState.Reconnecting
import dev.aldis.Session
import org.junit.Assert.assertEquals
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import java.io.File
import kotlin.time.Duration.Companion.seconds

/** What the screen shows, and what it tells; pictures of it are left in `target/screens`. */
@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = "w400dp-h800dp-xhdpi")
@GraphicsMode(GraphicsMode.Mode.NATIVE)
internal class ChatScreenTest {
    @get:Rule
    val compose = createComposeRule()

    private val told = mutableListOf<String>()

    @Test
    fun connectedItShowsWhatIsSaidAndTellsWhatIsTyped() {
        show(Authenticated(Session("1", userId = "ann")))
        compose.onNodeWithText("Connected as ann").assertIsDisplayed()
        compose.onNodeWithText("Can you see the lamp?").assertIsDisplayed()
        compose.onNodeWithText("Send").assertIsNotEnabled()
        compose.onNodeWithText("Say something in lobby").performTextInput("hello")
        picture("light")
        compose.onNodeWithText("Send").performClick()
        compose.onNodeWithText("workshop, 3 new").performClick()
        compose.onNodeWithText("No network").performClick()
        compose.onNodeWithText("Disconnect").performClick()
        assertEquals(listOf("say hello", "enter workshop", "network off", "disconnect"), told)
    }

    @Test
    fun aLostConnectionSaysWhyAndWhenItIsTriedAgain() {
        // The bar that never comes to rest would keep the test waiting.
        compose.mainClock.autoAdvance = false
        show(Reconnecting(lost, attempt = 3, retryIn = 4.seconds), dark = true)
        compose.mainClock.advanceTimeBy(FRAME)
        compose.onNodeWithText("Attempt 3 in 4 s").assertIsDisplayed()
        compose.onNodeWithText("It was cut. Check the network.").assertIsDisplayed()
        picture("dark")
    }

    @Test
    fun withoutANetworkItWaitsForOne() {
        compose.mainClock.autoAdvance = false
        show(Reconnecting(lost, attempt = 1, retryIn = null))
        compose.mainClock.advanceTimeBy(FRAME)
        compose.onNodeWithText("Attempt 1 as soon as there is a network").assertIsDisplayed()
    }

    @Test
    fun disconnectedItOffersToConnect() {
        show(Disconnected(lost))
        compose.onNodeWithText("Connect").performClick()
        assertEquals(listOf("connect"), told)
    }

    private fun show(connection: ConnectionState, dark: Boolean = false) {
        val entries = listOf(
            Entry(Line("ben", "Can you see the lamp?"), at = EVENING),
            Entry(Line("ann", "Clearly 🔦"), at = EVENING + MINUTE),
            Entry(Line("ben", "Then the line to the island stands."), at = EVENING + 2 * MINUTE),
        )
        val state = ChatState(
            settings = Settings("ws://10.0.2.2:8787/ws", "ann"),
            connection = Connection(connection, since = SystemClock.elapsedRealtime()),
            rooms = listOf(Room(LOBBY, entries), Room("workshop", unread = 3)),
            room = LOBBY,
        )
        compose.setContent { ChatTheme(dark) { ChatScreen(state, actions) } }
    }

    private fun picture(name: String) {
        val file = File("target/screens/$name.png").apply { parentFile?.mkdirs() }
        val bitmap = compose.onRoot().captureToImage().asAndroidBitmap()
        file.outputStream().use { bitmap.compress(CompressFormat.PNG, 100, it) }
    }

    private val lost = CloseReason("connection_lost", "it was cut", "Check the network.")

    private val actions = object : ChatActions {
        override fun say(text: String) = tell("say $text")

        override fun enter(room: String) = tell("enter $room")

        override fun leave(room: String) = tell("leave $room")

        override fun connect() = tell("connect")

        override fun disconnect() = tell("disconnect")

        override fun pretendNoNetwork(off: Boolean) = tell("network ${if (off) "off" else "on"}")

        override fun change(settings: Settings) = tell("change $settings")

        override fun problemShown() = tell("problem shown")

        private fun tell(what: String) {
            told += what
        }
    }

    private companion object {
        const val FRAME = 500L
        const val EVENING = 1_790_000_000_000
        const val MINUTE = 60_000L
    }
}

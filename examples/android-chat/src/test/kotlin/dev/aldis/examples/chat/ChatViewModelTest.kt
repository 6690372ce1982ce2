package dev.aldis.examples.chat

import android.app.Application
import androidx.lifecycle.SavedStateHandle
import androidx.lifecycle.ViewModelStore
import dev.aldis.ConnectionState.Authenticated
import dev.aldis.ConnectionState.Disconnected
import dev.aldis.support.AldisServer
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.resetMain
import kotlinx.coroutines.test.setMain
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import java.util.concurrent.Executors
import kotlin.time.Duration.Companion.minutes

/** The whole app but its screen, with the real library and a real server. */
@OptIn(ExperimentalCoroutinesApi::class)
@RunWith(RobolectricTestRunner::class)
internal class ChatViewModelTest {
    private val application: Application = RuntimeEnvironment.getApplication()
    private val models = ViewModelStore()

    /** Android's main thread is the one of the test, which waits. */
    private val main = Executors.newSingleThreadExecutor()

    @Before
    fun useAnotherMainThread() = Dispatchers.setMain(main.asCoroutineDispatcher())

    @After
    fun endAll() {
        models.clear()
        Dispatchers.resetMain()
        main.shutdown()
    }

    @Test
    fun twoPeopleTalkInRoomsThatTheyEnter() = test { server ->
        val (ann, ben) = listOf("ann", "ben").map { chat(server, it) }
        for (chat in listOf(ann, ben)) chat.goTo("workshop")
        ann.tell { say("Is it mended?") }
        ben.hears("workshop", "ann", "Is it mended?")
        ann.hears("workshop", "ann", "Is it mended?")

        ben.tell { leave("workshop") }
        ben.until { it.room == LOBBY && it.rooms.size == 1 }
        ann.goTo(LOBBY)
        ben.hears(LOBBY, "ann", "I am here.")
    }

    @Test
    fun whatIsSaidElsewhereIsUnread() = test { server ->
        val ann = chat(server, "ann")
        ann.goTo("workshop")
        chat(server, "ben").goTo(LOBBY)
        ann.hears(LOBBY, "ben", "I am here.")
        assertEquals(
            1,
            ann.state.value
                .room(LOBBY)
                .unread,
        )
        ann.tell { enter(LOBBY) }
        ann.until { it.room(LOBBY).unread == 0 }
    }

    @Test
    fun disconnectedByTheUserItStaysSoAndWhatIsSaidWaits() = test { server ->
        val ann = chat(server, "ann")
        ann.until { it.connection.state is Authenticated }
        ann.tell { disconnect() }
        ann.until { it.connection.state is Disconnected }
        ann.tell {
            say("Later")
            connect()
        }
        ann.hears(LOBBY, "ann", "Later")
    }

    @Test
    fun aUrlThatCannotBeIsTold() = test { server ->
        val ann = chat(server, "ann")
        ann.tell { change(Settings("http://example.org", "ann")) }
        assertTrue(
            ann
                .until { it.problem != null }
                .problem
                .orEmpty()
                .startsWith("url: "),
        )
        ann.tell {
            problemShown()
            change(Settings(server.url, "ann"))
        }
        ann.until { it.connection.state is Authenticated && it.problem == null }
    }

    private fun test(action: suspend CoroutineScope.(AldisServer) -> Unit) = runBlocking {
        withTimeout(1.minutes) { AldisServer.start().use { action(it) } }
    }

    /** The settings are those of the device; who is made reads them. */
    private suspend fun chat(server: AldisServer, name: String) = withContext(Dispatchers.Main) {
        Store(application).settings = Settings(server.url, name)
        ChatViewModel(application, SavedStateHandle()).also { models.put(name, it) }
    }

    private suspend fun ChatViewModel.until(condition: (ChatState) -> Boolean): ChatState =
        state.first(condition)

    private suspend fun ChatViewModel.tell(action: ChatActions.() -> Unit) =
        withContext(Dispatchers.Main) { action() }

    /** What it says comes back to it too: by then the server has let it in. */
    private suspend fun ChatViewModel.goTo(room: String) {
        until { it.connection.state is Authenticated }
        tell { enter(room) }
        val name = until { it.room == room }.settings.name
        tell { say("I am here.") }
        hears(room, name, "I am here.")
    }

    private suspend fun ChatViewModel.hears(room: String, from: String, text: String) {
        until { state -> state.room(room).entries.any { it.line == Line(from, text, room) } }
    }

    private fun ChatState.room(name: String): Room = rooms.find { it.name == name } ?: Room(name)
}

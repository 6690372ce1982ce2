package dev.aldis.examples.chat

import android.app.Application
import android.os.SystemClock
import androidx.lifecycle.AndroidViewModel
import androidx.lifecycle.SavedStateHandle
import androidx.lifecycle.viewModelScope
import dev.aldis.ClientClosedException
import dev.aldis.ConnectCancelledException
import dev.aldis.ConnectFailedException
import dev.aldis.ConnectionState
import dev.aldis.InvalidConfigException
import dev.aldis.SignalClient
import dev.aldis.SignalConfig
import dev.aldis.SignalException
import dev.aldis.android.Aldis
import kotlinx.coroutines.CoroutineStart.UNDISPATCHED
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlin.time.Duration.Companion.minutes

/**
 * Holds the client, and so outlives rotation. In the background the connection is closed after a
 * while and comes back with the app; that, and the network, is what [Aldis.client] sees to.
 */
class ChatViewModel(application: Application, private val saved: SavedStateHandle) :
    AndroidViewModel(application),
    ChatActions {
    private val store = Store(application)
    private val settings = MutableStateFlow(store.settings)
    private val shown = MutableStateFlow(
        ChatState(
            settings = settings.value,
            connection = since(ConnectionState.Disconnected()),
            rooms = store.rooms.sorted().map(::Room),
            room = saved["room"] ?: store.rooms.minOrNull() ?: LOBBY,
        ),
    )
    private var client: SignalClient? = null

    val state: StateFlow<ChatState> = shown.asStateFlow()

    init {
        viewModelScope.launch { settings.collectLatest(::chat) }
    }

    /** One client for as long as the settings are the same: others close it, and make another. */
    private suspend fun chat(settings: Settings) = coroutineScope {
        shown.update { it.copy(settings = settings, networkOff = false) }
        val made = client(settings) ?: return@coroutineScope
        made.use { client ->
            this@ChatViewModel.client = client
            // Undispatched: it listens before it connects, and misses nothing.
            launch(start = UNDISPATCHED) {
                client.state.collect { now -> shown.update { it.copy(connection = since(now)) } }
            }
            launch(start = UNDISPATCHED) { client.events<Line>("chat").collect(::hear) }
            connect()
            awaitCancellation()
        }
    }

    private fun client(settings: Settings): SignalClient? = try {
        Aldis.client(getApplication(), config(settings), tokens = { settings.name })
    } catch (e: InvalidConfigException) {
        shown.update { it.copy(problem = e.message) }
        null
    }

    private fun config(settings: Settings) =
        SignalConfig(settings.url, rooms = shown.value.rooms.map { it.name }) {
            // To try things out without TLS. Android must allow it too: the network security
            // config of the debug build does, for the emulator's host alone.
            allowInsecure(true)
        }

    private fun hear(line: Line) = shown.update { state ->
        val entry = Entry(line, System.currentTimeMillis())
        state.copy(
            rooms = state.rooms.map { room ->
                when (room.name) {
                    line.room -> room.copy(
                        entries = (room.entries + entry).takeLast(KEPT),
                        unread = if (room.name == state.room) 0 else room.unread + 1,
                    )

                    else -> room
                }
            },
        )
    }

    override fun say(text: String) {
        val room = shown.value.room
        val line = ToRoom(room, event = "chat", data = Line(settings.value.name, text, room))
        // Where there is no connection it waits for one, for as long as it makes sense.
        act { it.send("room", line, ttl = 1.minutes) }
    }

    override fun enter(room: String) {
        val known = shown.value.rooms.any { it.name == room }
        if (known) {
            open(room)
        } else {
            act { client ->
                client.join(room)
                store.rooms += room
                shown.update { it.copy(rooms = it.rooms + Room(room)) }
                open(room)
            }
        }
    }

    override fun leave(room: String) = act { client ->
        client.leave(room)
        store.rooms -= room
        shown.update { state -> state.copy(rooms = state.rooms.filter { it.name != room }) }
        shown.value.rooms
            .firstOrNull()
            ?.let { open(it.name) }
    }

    override fun connect() = act { it.connect() }

    override fun disconnect() = act { it.disconnect() }

    /** What Android tells when the network comes and goes, to see what happens then. */
    override fun pretendNoNetwork(off: Boolean) {
        if (off) client?.networkLost() else client?.networkAvailable()
        shown.update { it.copy(networkOff = off) }
    }

    override fun change(settings: Settings) {
        store.settings = settings
        this.settings.value = settings
    }

    override fun problemShown() = shown.update { it.copy(problem = null) }

    private fun open(room: String) {
        saved["room"] = room
        shown.update { state ->
            val rooms = state.rooms.map { if (it.name == room) it.copy(unread = 0) else it }
            state.copy(room = room, rooms = rooms)
        }
    }

    private fun act(action: suspend (SignalClient) -> Unit) {
        val client = client ?: return
        viewModelScope.launch {
            try {
                action(client)
            } catch (_: ConnectFailedException) {
                // The banner says why.
            } catch (_: ConnectCancelledException) {
                // The user wanted it so.
            } catch (_: ClientClosedException) {
                // Other settings, another client.
            } catch (e: SignalException) {
                shown.update { it.copy(problem = e.message) }
            }
        }
    }

    private fun since(state: ConnectionState) = Connection(state, SystemClock.elapsedRealtime())

    private companion object {
        /** Lines that a room remembers. */
        const val KEPT = 500
    }
}

package dev.aldis.examples.chat

import dev.aldis.ConnectionState
import dev.aldis.SignalClient
import dev.aldis.SignalConfig
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart.UNDISPATCHED
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.launch
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.JsonNull

/** What people say to each other. */
@Serializable
data class Line(val from: String, val text: String)

/** What the demo server passes on to everybody in a room. */
@Serializable
data class ToRoom(val room: String, val event: String, val data: Line)

/** What the demo server answers when it is asked who one is. */
@Serializable
data class Me(val userId: String, val rooms: List<String>)

/** A person in a chat room. [show] is told what happens, a line at a time. */
class Chat(
    url: String,
    private val name: String,
    private val room: String,
    private val show: (String) -> Unit,
) : AutoCloseable {
    // The demo server takes the token for the user's id; yours comes from your own API.
    private val client = SignalClient(SignalConfig(url, rooms = listOf(room)), tokens = { name })

    val state: StateFlow<ConnectionState> get() = client.state

    /** Connects. States, and what is said in the room, are shown until [scope] ends. */
    suspend fun enter(scope: CoroutineScope) {
        // Undispatched: it listens before it connects, and misses nothing.
        scope.launch(start = UNDISPATCHED) { client.state.collect { show(describe(it)) } }
        scope.launch(start = UNDISPATCHED) {
            client.events<Line>("chat").collect { show("${it.from}: ${it.text}") }
        }
        client.connect()
    }

    /** Says something to everybody in the room. */
    suspend fun say(text: String) {
        client.send("room", ToRoom(room, event = "chat", data = Line(name, text)))
    }

    /** Asks the server which rooms we are in. */
    suspend fun rooms(): List<String> = client.request<JsonNull, Me>("who", JsonNull).rooms

    override fun close() = client.close()

    private fun describe(state: ConnectionState): String = when (state) {
        is ConnectionState.Authenticated -> "[authenticated as ${state.session.userId}]"
        is ConnectionState.Reconnecting -> "[reconnecting in ${state.retryIn}]"
        else -> "[${state.name}]"
    }
}

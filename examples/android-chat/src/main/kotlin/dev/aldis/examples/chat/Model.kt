package dev.aldis.examples.chat

import dev.aldis.ConnectionState
import kotlinx.serialization.Serializable

/** What people say to each other. The chat for the terminal knows one room, and leaves it out. */
@Serializable
data class Line(val from: String, val text: String, val room: String = LOBBY)

/** What the demo server passes on to everybody in a room, to whom it comes from too. */
@Serializable
data class ToRoom(val room: String, val event: String, val data: Line)

/** Where everybody meets. */
const val LOBBY: String = "lobby"

/** What the app is told by its user. */
data class Settings(val url: String, val name: String)

/** A line as it is shown, with the time at which it came. */
data class Entry(val line: Line, val at: Long)

/** A room that we are in. */
data class Room(val name: String, val entries: List<Entry> = emptyList(), val unread: Int = 0)

/** Where the connection stands since [since], in milliseconds of the clock that counts from boot. */
data class Connection(val state: ConnectionState, val since: Long)

/** All that the screen shows. */
data class ChatState(
    val settings: Settings,
    val connection: Connection,
    val rooms: List<Room>,
    val room: String,
    val networkOff: Boolean = false,
    val problem: String? = null,
)

/** All that the user can do. */
interface ChatActions {
    fun say(text: String)

    fun enter(room: String)

    fun leave(room: String)

    fun connect()

    fun disconnect()

    fun pretendNoNetwork(off: Boolean)

    fun change(settings: Settings)

    fun problemShown()
}

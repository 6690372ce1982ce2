package dev.aldis.bench

import kotlinx.serialization.Serializable

/** Names of the events that the server, `crates/server/examples/flood.rs`, understands. */
internal object Events {
    /** A [Flood]: the server sends that many [TICK]s. */
    const val FLOOD: String = "flood"

    /** A [Tick] from the server. */
    const val TICK: String = "tick"

    /** A [Tick] that comes back as the reply. */
    const val ECHO: String = "echo"

    /** A [Tick] that the server counts. */
    const val SINK: String = "sink"

    /** Asks for the [SinkCount] since the last time. */
    const val COUNT: String = "count"
}

/** What is sent either way. */
@Serializable
internal data class Tick(
    /** 0, 1, 2, … */
    val seq: Long,
    /** Microseconds since 1970. */
    val at: Long,
    /** What makes the message as long as it is. */
    val text: String,
)

/** The order to send ticks of about so many [bytes] of JSON. */
@Serializable
internal data class Flood(val count: Int, val bytes: Int)

/** What the server has counted. */
@Serializable
internal data class SinkCount(val received: Long, val inOrder: Boolean)

/** Nothing but braces. */
@Serializable
internal class Empty

/** The texts of the ticks, as the server makes them: not all ASCII in every eighth. */
internal class Texts(bytes: Int) {
    private val ascii: String = WORDS.repeat(bytes / WORDS.length + 1).take(lengthFor(bytes))
    private val notAscii: String = if (ascii.isEmpty()) ascii else "é" + ascii.drop(1)

    /** The text of the tick of this number. */
    fun of(seq: Long): String = if (seq % NOT_ASCII_EVERY == 0L) notAscii else ascii

    /** Whether this could be the text of the tick of this number; a quick look. */
    fun fits(seq: Long, text: String): Boolean {
        val expected = of(seq)
        return text.length == expected.length && text.take(1) == expected.take(1)
    }

    private companion object {
        const val WORDS =
            "a message as people and programs send it: some words, 42 numbers, and so on; "
        const val TICK_WITHOUT_TEXT_BYTES = 48
        const val NOT_ASCII_EVERY = 8L

        fun lengthFor(bytes: Int): Int = maxOf(0, bytes - TICK_WITHOUT_TEXT_BYTES)
    }
}

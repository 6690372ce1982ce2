package dev.aldis.internal

import dev.aldis.Message

/**
 * Reads a batch of messages in the lane's layout. They follow one another, each: three
 * little-endian 32-bit lengths, of event, id (-1 where there is none) and data; then event, id and
 * data themselves, in UTF-8. Where the highest bit of the length of data is set, the other bits are
 * the length, and data is in Latin-1: of that the JVM makes a string by copying, while it takes
 * UTF-8 apart byte by byte as soon as there is anything beyond ASCII.
 */
internal class BatchReader {
    private var batch = ByteArray(0)
    private var next = 0
    private var eventLength = 0
    private var idLength = 0
    private var dataLength = 0
    private var dataCharset = Charsets.UTF_8
    private var body = 0

    /** The event of the message that [next] moved to. */
    var event = ""
        private set

    fun reset(batch: ByteArray) {
        this.batch = batch
        next = 0
    }

    /** Moves to the next message; false behind the last one. */
    fun next(): Boolean {
        if (next >= batch.size) return false
        eventLength = int(next)
        idLength = int(next + 4)
        val lengthOfData = int(next + 8)
        dataLength = lengthOfData and Int.MAX_VALUE
        dataCharset = if (lengthOfData < 0) Charsets.ISO_8859_1 else Charsets.UTF_8
        body = next + HEADER
        event = EventNames.read(batch, body, eventLength)
        next = body + eventLength + maxOf(idLength, 0) + dataLength
        return true
    }

    /** The message that [next] moved to. */
    fun message(): Message {
        val id = body + eventLength
        val data = id + maxOf(idLength, 0)
        return Message(
            event,
            String(batch, data, dataLength, dataCharset),
            if (idLength < 0) null else String(batch, id, idLength, Charsets.UTF_8),
        )
    }

    private fun int(at: Int): Int = (batch[at].toInt() and 0xFF) or
        (batch[at + 1].toInt() and 0xFF shl 8) or
        (batch[at + 2].toInt() and 0xFF shl 16) or
        (batch[at + 3].toInt() shl 24)

    private companion object {
        const val HEADER = 12
    }
}

/**
 * Turns names of events into strings, the same string for the same name: an app has few, and they
 * come again and again. Bounded whatever the server sends: a name takes the place of another.
 *
 * All clients share it, on all threads, without a lock: a name does not change once it is there,
 * and a thread that does not see it yet makes another one.
 */
private object EventNames {
    private class Name(val bytes: ByteArray, val text: String)

    private val known = arrayOfNulls<Name>(PLACES)

    fun read(batch: ByteArray, at: Int, length: Int): String {
        if (length > LONGEST) return String(batch, at, length, Charsets.UTF_8)
        var hash = length
        for (i in at until at + length) hash = 31 * hash + batch[i]
        val place = (hash xor (hash ushr 16)) and (PLACES - 1)
        known[place]?.let { if (same(it.bytes, batch, at, length)) return it.text }
        val bytes = batch.copyOfRange(at, at + length)
        val text = String(bytes, Charsets.UTF_8)
        known[place] = Name(bytes, text)
        return text
    }

    private fun same(name: ByteArray, batch: ByteArray, at: Int, length: Int): Boolean {
        if (name.size != length) return false
        for (i in 0 until length) if (name[i] != batch[at + i]) return false
        return true
    }

    /** A power of two. */
    private const val PLACES = 256
    private const val LONGEST = 64
}

package dev.aldis.bench

/** A client library in the race, and what all of its clients in a process share. */
internal fun interface Contestant : AutoCloseable {
    /** A client of its own that has connected and authenticated, as anybody. */
    suspend fun connect(url: String): Client

    override fun close() = Unit
}

/**
 * One connection.
 *
 * Only echoes are asked for at once, all else one at a time. Each call hands over and takes typed
 * objects: reading and writing their JSON belongs to what is measured.
 */
internal interface Client : AutoCloseable {
    /** Messages that came and were thrown away, for whatever reason. */
    val dropped: Long

    /**
     * Asks for a flood and returns when all of it was taken. [onTick] is the app: it is called for
     * every tick, in order, and its exceptions come out of here.
     */
    suspend fun flood(order: Flood, onTick: (Tick) -> Unit)

    /** Sends a tick into the sink. Returns once it is queued; waits while there is no room. */
    suspend fun sink(tick: Tick)

    /** Asks what the sink has counted, behind all that was sent. */
    suspend fun count(): SinkCount

    /** Sends a tick and waits for it to come back. */
    suspend fun echo(tick: Tick): Tick
}

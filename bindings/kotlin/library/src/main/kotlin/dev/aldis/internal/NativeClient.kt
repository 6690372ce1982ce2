package dev.aldis.internal

import dev.aldis.ConnectionState
import dev.aldis.Message
import dev.aldis.ffi.SignalClientInterface
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import dev.aldis.ffi.ConnectionState as NativeState
import dev.aldis.ffi.SignalClient as GeneratedClient

/** The native client, and its lane if it has one. */
internal class NativeClient(val face: GeneratedClient, inbox: Inbox, useLane: Boolean) {
    private val lane: Long? = if (useLane) face.openLane() else null
    private val requests: LaneRequests? = lane?.let { Lane.open(it, inbox) }

    /** Sends by the lane. False where it did not take the message, or there is none. */
    fun sendByLane(event: ByteArray, data: ByteArray, ttlMillis: Long?): Boolean {
        // On the lane 0 stands for none; what cannot be a time to live is left for UniFFI to refuse.
        if (lane == null || (ttlMillis != null && ttlMillis <= 0)) return false
        return Lane.send(lane, event, data, ttlMillis ?: 0) == TAKEN
    }

    /** Requests by the lane. Null where it did not take the request, or there is none. */
    suspend fun requestByLane(event: ByteArray, data: ByteArray, timeoutMillis: Long): Message? =
        when (val reply = requests?.ask(event, data, timeoutMillis)) {
            null, LaneReply.NotTaken -> {
                null
            }

            is LaneReply.Replied -> {
                requests.read(reply)
            }

            is LaneReply.Failed -> {
                face.laneFailure(reply.ticket)
                error("the failure of a request was told before")
            }
        }

    /** Asks for events again after a pause. */
    fun resume() {
        if (lane != null) Lane.resume(lane) else translating { face.resumeDelivery() }
    }

    /** Ends the client for good; its state can still be read. */
    fun shutdown() {
        face.shutdown()
        if (lane != null) Lane.close(lane)
    }

    /** Frees the native side's memory, behind the calls that are under way. */
    fun destroy() {
        face.destroy()
    }
}

/** The state that the app sees. It never goes back to an older one. */
internal class States {
    private val latest = MutableStateFlow<ConnectionState>(ConnectionState.Disconnected())

    /** The latest state. */
    val flow: StateFlow<ConnectionState> = latest.asStateFlow()

    /** Takes the state as it is now. What the native side told may be older by the time. */
    fun refresh(face: SignalClientInterface) {
        synchronized(this) { latest.value = read(face) }
    }

    private fun read(face: SignalClientInterface): ConnectionState {
        repeat(ATTEMPTS) {
            val change = face.state()
            val session = if (change.state == NativeState.AUTHENTICATED) face.session() else null
            change.toPublic(session)?.let { return it }
        }
        // The session has ended, and its end is about to be told.
        return latest.value
    }

    private companion object {
        /** State and session are read one after the other, and may change in between. */
        const val ATTEMPTS = 3
    }
}

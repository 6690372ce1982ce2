package dev.aldis.internal

import dev.aldis.ClientClosedException
import dev.aldis.NativeLibrary
import dev.aldis.SignalConfig
import dev.aldis.TokenProvider
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.async
import kotlinx.coroutines.channels.BufferOverflow
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.consumeEach
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlin.coroutines.cancellation.CancellationException
import dev.aldis.ffi.SignalClient as GeneratedClient

/** What the host tells of the network and the app. */
internal enum class Hint {
    NetworkAvailable,
    NetworkLost,
    Resumed,
    Suspended,
}

/**
 * The life of the native client: made when it is first needed, and ended once.
 *
 * @param scope ends with the client.
 */
internal class Connection(
    private val config: SignalConfig,
    private val tokens: TokenProvider?,
    private val scope: CoroutineScope,
    private val dispatcher: CoroutineDispatcher,
    private val pump: Pump,
    private val inbox: Inbox,
    private val uncaught: (Throwable) -> Unit,
    private val useLane: Boolean,
) {
    val states = States()

    private val stateChanged = Channel<Unit>(Channel.CONFLATED)
    private val hints = Channel<Hint>(MAX_HINTS, BufferOverflow.DROP_OLDEST)
    private val hinted = Channel<Unit>(Channel.CONFLATED)

    @Volatile
    private var opened: NativeClient? = null

    @Volatile
    private var closed = false

    private val opening: Deferred<NativeClient> =
        scope.async(start = CoroutineStart.LAZY) { open() }

    /** The native client, if it was made. */
    fun openedOrNull(): NativeClient? = if (closed) throw ClientClosedException() else opened

    /** The native client, made if need be. */
    suspend fun native(): NativeClient {
        openedOrNull()?.let { return it }
        return try {
            opening.await()
        } catch (_: CancellationException) {
            currentCoroutineContext().ensureActive()
            throw ClientClosedException()
        }
    }

    /** Calls the native client on the dispatcher, behind the hints that came before. */
    suspend fun <T> call(action: suspend (NativeClient) -> T): T = withContext(dispatcher) {
        val native = native()
        giveHints(native)
        translating { action(native) }
    }

    /** The same, and the state is no older than the end of the call when this returns or throws. */
    suspend fun <T> callForState(action: suspend (NativeClient) -> T): T = call {
        try {
            action(it)
        } finally {
            states.refresh(it.face)
        }
    }

    fun hint(hint: Hint) {
        hints.trySend(hint)
        hinted.trySend(Unit)
    }

    /** Ends the client. False if it was ended before. */
    fun close(): Boolean {
        val native =
            synchronized(this) {
                if (closed) return false
                closed = true
                opened
            }
        native?.let(::end)
        return true
    }

    private fun open(): NativeClient {
        NativeLibrary.load()
        val listener = InboxListener(inbox) { stateChanged.trySend(Unit) }
        val provider = tokens?.let { DispatchedTokens(it, dispatcher, uncaught) }
        val native =
            translating {
                NativeClient(GeneratedClient(config.toNative(), listener, provider), inbox, useLane)
            }
        val late =
            synchronized(this) {
                if (!closed) opened = native
                closed
            }
        if (late) {
            end(native)
            throw ClientClosedException()
        }
        scope.launch { pump.run { guarded { native.resume() } } }
        scope.launch { stateChanged.consumeEach { refresh(native) } }
        scope.launch { hinted.consumeEach { giveHints(native) } }
        return native
    }

    private fun end(native: NativeClient) {
        guarded { native.shutdown() }
        guarded { states.refresh(native.face) }
        native.destroy()
    }

    private fun refresh(native: NativeClient) {
        if (!closed) guarded { states.refresh(native.face) }
    }

    /** Gives the hints that wait, in their order, whoever else is about it. */
    private fun giveHints(native: NativeClient) = synchronized(hints) {
        while (true) {
            give(native, hints.tryReceive().getOrNull() ?: break)
        }
    }

    private fun give(native: NativeClient, hint: Hint) = guarded {
        when (hint) {
            Hint.NetworkAvailable -> native.face.networkAvailable()
            Hint.NetworkLost -> native.face.networkLost()
            Hint.Resumed -> native.face.resumed()
            Hint.Suspended -> native.face.suspended()
        }
    }

    /** Does what nobody waits for. A client that is closed meanwhile is no error. */
    private inline fun guarded(action: () -> Unit) {
        try {
            translating(action)
        } catch (_: ClientClosedException) {
            // Nothing is left to be done.
        } catch (e: Exception) {
            uncaught(e)
        }
    }

    private companion object {
        const val MAX_HINTS = 64
    }
}

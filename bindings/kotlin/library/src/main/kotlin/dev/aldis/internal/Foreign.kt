package dev.aldis.internal

import dev.aldis.TokenProvider
import dev.aldis.ffi.Demand
import dev.aldis.ffi.StateChange
import dev.aldis.ffi.TokenFailure
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.withContext
import dev.aldis.ffi.SignalError as NativeError
import dev.aldis.ffi.SignalEvent as NativeEvent
import dev.aldis.ffi.SignalListener as NativeListener
import dev.aldis.ffi.TokenProvider as NativeTokenProvider
import dev.aldis.ffi.TokenRequest as NativeTokenRequest

/** The native side's listener: puts down what it is given, and returns. */
internal class InboxListener(private val inbox: Inbox, private val stateChanged: () -> Unit) :
    NativeListener {
    override fun onEvents(events: List<NativeEvent>): Demand =
        if (inbox.put(Inbound.Events(events))) Demand.MORE else Demand.PAUSE

    override fun onState(change: StateChange) {
        stateChanged()
    }

    override fun onError(error: NativeError) {
        inbox.put(Inbound.Error(error))
    }
}

/** The app's token provider, as the native side sees it. */
internal class DispatchedTokens(
    private val tokens: TokenProvider,
    private val dispatcher: CoroutineDispatcher,
    private val uncaught: (Throwable) -> Unit,
) : NativeTokenProvider {
    override suspend fun token(request: NativeTokenRequest): String {
        val token =
            try {
                withContext(dispatcher) { tokens.token(request.toPublic()) }
            } catch (e: Throwable) {
                // Nobody waits any more. Otherwise it is the provider that was cancelled, by a
                // timeout of its own for instance.
                currentCoroutineContext().ensureActive()
                uncaught(e)
                val words = unicode(e.message ?: e.javaClass.simpleName)
                throw TokenFailure.Failed(words).apply { initCause(e) }
            }
        if (!isUnicode(token)) throw TokenFailure.Failed("the token has half a surrogate pair")
        return token
    }

    /** The text with `?` for what UTF-8 cannot carry. */
    private fun unicode(text: String) = String(text.toByteArray(Charsets.UTF_8), Charsets.UTF_8)
}

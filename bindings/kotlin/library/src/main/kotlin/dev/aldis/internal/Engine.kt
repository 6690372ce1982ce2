package dev.aldis.internal

import dev.aldis.ClientClosedException
import dev.aldis.ConnectionState
import dev.aldis.InvalidTokenException
import dev.aldis.Lag
import dev.aldis.Message
import dev.aldis.RequestException
import dev.aldis.RoomException
import dev.aldis.Session
import dev.aldis.SignalConfig
import dev.aldis.SignalListener
import dev.aldis.SignalReport
import dev.aldis.Stats
import dev.aldis.TokenProvider
import dev.aldis.UncaughtHandler
import dev.aldis.UndecodablePayloadException
import dev.aldis.WhenSlow
import dev.aldis.decode
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineExceptionHandler
import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.launch
import kotlinx.serialization.DeserializationStrategy
import kotlinx.serialization.json.Json
import kotlin.time.Duration

/** What is behind a client: puts the parts together, and says in public types what they say. */
internal class Engine(
    config: SignalConfig,
    tokens: TokenProvider?,
    dispatcher: CoroutineDispatcher,
    private val onUncaught: UncaughtHandler,
    useLane: Boolean,
) {
    private val scope =
        CoroutineScope(
            SupervisorJob() + dispatcher + CoroutineName("aldis") +
                CoroutineExceptionHandler { _, e -> uncaught(e) },
        )
    private val subscriptions = Subscriptions()
    private val inbox = Inbox()
    private val pump = Pump(inbox, subscriptions, ::uncaught)
    private val connection =
        Connection(config, tokens, scope, dispatcher, pump, inbox, ::uncaught, useLane)

    val outbox: Outbox = Outbox(connection)

    val state: StateFlow<ConnectionState> get() = connection.states.flow

    suspend fun connect(): Session = connection.callForState { it.face.connect().toPublic() }

    suspend fun disconnect() {
        connection.callForState { it.face.disconnect() }
    }

    suspend fun request(event: String, json: String, timeout: Duration): Message {
        val name = encodeUtf8(event) ?: throw RequestException.NotSent(invalidEvent())
        val data = encodeUtf8(json) ?: throw RequestException.NotSent(invalidPayload())
        val millis = timeout.inWholeMilliseconds
        return connection.call {
            it.requestByLane(name, data, millis) ?: it.face.request(event, json, millis).toPublic()
        }
    }

    suspend fun join(rooms: Collection<String>) {
        changeRooms(rooms) { native, names -> native.face.join(names) }
    }

    suspend fun leave(rooms: Collection<String>) {
        changeRooms(rooms) { native, names -> native.face.leave(names) }
    }

    suspend fun rooms(): Set<String> = unlessClosed { it.face.rooms() }.toSet()

    suspend fun updateToken(token: String) {
        if (!isUnicode(token)) {
            val rule = "the token has half a surrogate pair; Unicode text is needed"
            throw InvalidTokenException(rule, "token_not_unicode")
        }
        connection.call { it.face.updateToken(token) }
    }

    suspend fun stats(): Stats =
        connection.call { it.face.stats() ?: throw ClientClosedException() }.toPublic()

    suspend fun explain(): String = unlessClosed { it.face.explain() }

    fun hint(hint: Hint) {
        connection.hint(hint)
    }

    fun messages(event: String?, buffer: Int, whenSlow: WhenSlow): Flow<Message> {
        requireBuffer(buffer)
        return flow {
            collectFrom(subscriptions.openMessages(event, buffer, whenSlow)) { emit(it) }
        }
    }

    fun <T> payloads(
        event: String,
        json: Json,
        deserializer: DeserializationStrategy<T>,
        buffer: Int,
        whenSlow: WhenSlow,
    ): Flow<T> {
        requireBuffer(buffer)
        return flow {
            collectFrom(subscriptions.openMessages(event, buffer, whenSlow)) { message ->
                val payload =
                    try {
                        json.decode(message, deserializer)
                    } catch (e: UndecodablePayloadException) {
                        subscriptions.report(SignalReport.Undecodable(event, e.message.orEmpty()))
                        uncaught(e)
                        return@collectFrom
                    }
                emit(payload)
            }
        }
    }

    fun reports(): Flow<SignalReport> = flow {
        collectFrom(subscriptions.openReports()) { emit(it) }
    }

    fun addListener(listener: SignalListener): AutoCloseable {
        val mailbox = subscriptions.openListener()
        val calls = ListenerCalls(listener, ::uncaught)
        val job =
            scope.launch {
                mailbox.collect {
                    ensureActive()
                    calls.call(it)
                }
            }
        return AutoCloseable {
            calls.end()
            subscriptions.remove(mailbox)
            job.cancel()
        }
    }

    fun lag(): Lag = Lag(
        waiting = subscriptions.routes.all.sumOf { it.size },
        dropped = subscriptions.dropped.get(),
        unclaimed = pump.unclaimed,
        heldBack = pump.heldBack,
    )

    fun close() {
        if (!connection.close()) return
        subscriptions.close()
        scope.cancel()
    }

    /** Collects until the end of the mailbox, and takes it out; none is one that has ended. */
    private suspend inline fun <T : Any> collectFrom(mailbox: Mailbox<T>?, action: (T) -> Unit) {
        if (mailbox == null) return
        try {
            mailbox.collect(action)
        } finally {
            subscriptions.remove(mailbox)
        }
    }

    /** For calls that a client that is closed meanwhile answers all the same, with nothing. */
    private suspend fun <T> unlessClosed(call: (NativeClient) -> T): T {
        val answer = connection.call { call(it) }
        connection.openedOrNull()
        return answer
    }

    private suspend fun changeRooms(
        rooms: Collection<String>,
        change: (NativeClient, List<String>) -> Unit,
    ) {
        val names = rooms.toList()
        names.firstOrNull { !isUnicode(it) }?.let {
            val rule = "half a surrogate pair; Unicode text is needed"
            throw RoomException.InvalidName(rule, "room_name_not_unicode", it)
        }
        connection.call {
            try {
                translating { change(it, names) }
            } catch (_: RoomException.OutboxFull) {
                it.face.outboxReady(false)
                change(it, names)
            }
        }
    }

    private fun uncaught(error: Throwable) {
        try {
            onUncaught.onUncaught(error)
        } catch (_: Throwable) {
            // It is the last resort itself.
        }
    }

    private fun requireBuffer(buffer: Int) {
        require(buffer in 1..MAX_BUFFER) { "the buffer is $buffer; 1 to $MAX_BUFFER are allowed" }
    }

    private companion object {
        const val MAX_BUFFER = 1_000_000
    }
}

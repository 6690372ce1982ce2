package dev.aldis

import dev.aldis.internal.Engine
import dev.aldis.internal.Hint
import dev.aldis.internal.LANE_BY_DEFAULT
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.serialization.DeserializationStrategy
import kotlinx.serialization.SerializationStrategy
import kotlinx.serialization.json.Json
import kotlinx.serialization.serializer
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/**
 * A client that holds one encrypted connection, and keeps it up.
 *
 * ```kotlin
 * val client = SignalClient(SignalConfig("wss://example.org/ws") { token("secret") })
 * scope.launch { client.events<Chat>("chat").collect { show(it) } }
 * client.connect()
 * client.join("lobby")
 * client.send("chat", Chat("hello"))
 * ```
 *
 * Every function may be called from any thread, the main thread included: none blocks. The
 * constructor does nothing but remember; the native library is loaded, and [config] checked, on
 * [dispatcher] by the first suspending function. Each of them therefore may also throw
 * [InvalidConfigException], [NativeLibraryException] and [InternalErrorException], and
 * [ClientClosedException] after [close]. All can be cancelled at any time.
 *
 * A client must be closed: what is not lives as long as the process.
 *
 * @param config the configuration.
 * @param tokens where tokens come from, if not from [config] alone.
 * @property json how typed payloads are read and written.
 * @param dispatcher where all work happens that is not the caller's: native calls, the routing of
 * messages, listeners and [tokens]. Not one that is confined to the main thread.
 * @param onUncaught takes what listeners and [tokens] throw.
 */
public class SignalClient internal constructor(
    config: SignalConfig,
    tokens: TokenProvider?,
    public val json: Json,
    dispatcher: CoroutineDispatcher,
    onUncaught: UncaughtHandler,
    lane: Boolean,
) : AutoCloseable {
    /** Makes a client, disconnected. */
    public constructor(
        config: SignalConfig,
        tokens: TokenProvider? = null,
        json: Json = SignalJson,
        dispatcher: CoroutineDispatcher = Dispatchers.Default,
        onUncaught: UncaughtHandler = UncaughtHandler.Logging,
    ) : this(config, tokens, json, dispatcher, onUncaught, LANE_BY_DEFAULT)

    private val engine = Engine(config, tokens, dispatcher, onUncaught, lane)

    /**
     * Where the connection stands. Like every `StateFlow` it keeps the latest state only, and does
     * not end; [addListener] tells of each.
     */
    public val state: StateFlow<ConnectionState> get() = engine.state

    /**
     * Connects, and waits until a session is authenticated. Attempts that fail are repeated as
     * configured; [disconnect] stops them, cancelling this call does not. Returns at once if the
     * client is connected. [state] is then [ConnectionState.Authenticated], or newer.
     *
     * @throws ConnectFailedException it cannot work, or was tried often enough.
     * @throws ConnectCancelledException [disconnect] was called meanwhile.
     */
    public suspend fun connect(): Session = engine.connect()

    /**
     * Disconnects and stops reconnecting. Returns when the connection is closed, within 100 ms or
     * so in every state; what was accepted for sending goes out before if the network takes it
     * that fast. Rooms, the token and messages with a time to live are kept for the next [connect].
     */
    public suspend fun disconnect() {
        engine.disconnect()
    }

    /**
     * Sends a message. Waits while the outbox is full; if it is cancelled meanwhile, the message
     * is not sent. Taken means handed to the connection, not received by the server: what the
     * connection loses is lost, and told by [reports] where that can be known.
     *
     * The payload is written as JSON in the caller's coroutine; encryption and network are not
     * the caller's. A `String` becomes a JSON string: for text that is JSON there is [sendJson].
     *
     * @param ttl for how long the message may wait for a connection, 1 ms to 24 h; null to fail
     * where there is none.
     * @throws SendException the message was not taken.
     * @throws kotlinx.serialization.SerializationException the payload cannot be written as JSON.
     */
    public suspend inline fun <reified T> send(event: String, payload: T, ttl: Duration? = null) {
        send(event, json.serializersModule.serializer<T>(), payload, ttl)
    }

    /** Sends a message with a serializer of its own; otherwise like the other [send]. */
    public suspend fun <T> send(
        event: String,
        serializer: SerializationStrategy<T>,
        payload: T,
        ttl: Duration? = null,
    ) {
        engine.outbox.send(event, json.encodeToString(serializer, payload), ttl)
    }

    /** Sends a message whose payload is JSON text already; otherwise like [send]. */
    public suspend fun sendJson(event: String, json: String, ttl: Duration? = null) {
        engine.outbox.send(event, json, ttl)
    }

    /** Sends a message whose payload is JSON in UTF-8 already; otherwise like [send]. */
    public suspend fun sendJson(event: String, json: ByteArray, ttl: Duration? = null) {
        engine.outbox.send(event, json, ttl)
    }

    /**
     * Sends a message now, or throws: never suspends. Otherwise like [send]. Before the first
     * suspending function was called there is no connection that could take anything, and the
     * message is refused as [SendException.NotConnected] even with a [ttl].
     *
     * @throws SendException the message was not taken.
     */
    public inline fun <reified T> trySend(event: String, payload: T, ttl: Duration? = null) {
        trySend(event, json.serializersModule.serializer<T>(), payload, ttl)
    }

    /** Sends a message with a serializer of its own; otherwise like the other [trySend]. */
    public fun <T> trySend(
        event: String,
        serializer: SerializationStrategy<T>,
        payload: T,
        ttl: Duration? = null,
    ) {
        engine.outbox.trySend(event, json.encodeToString(serializer, payload), ttl)
    }

    /** Sends a message whose payload is JSON text already; otherwise like [trySend]. */
    public fun trySendJson(event: String, json: String, ttl: Duration? = null) {
        engine.outbox.trySend(event, json, ttl)
    }

    /** Sends a message whose payload is JSON in UTF-8 already; otherwise like [trySend]. */
    public fun trySendJson(event: String, json: ByteArray, ttl: Duration? = null) {
        engine.outbox.trySend(event, json, ttl)
    }

    /**
     * Sends a message and waits for the reply that has its id. If this is cancelled, the reply is
     * an ordinary message, as is one that comes too late. The reply comes behind what the server
     * sent before it: where that waits because a collector is slow, the reply waits too. While the
     * outbox is full, the message waits for room.
     *
     * @param timeout for how long to wait, 1 ms to 24 h.
     * @throws RequestException no reply came, or the server refused.
     * @throws UndecodablePayloadException the reply is not a [Rep].
     */
    public suspend inline fun <reified Req, reified Rep> request(
        event: String,
        payload: Req,
        timeout: Duration = 10.seconds,
    ): Rep {
        val module = json.serializersModule
        return request(event, module.serializer<Req>(), payload, module.serializer<Rep>(), timeout)
    }

    /** Requests with serializers of its own; otherwise like the other [request]. */
    public suspend fun <Req, Rep> request(
        event: String,
        serializer: SerializationStrategy<Req>,
        payload: Req,
        deserializer: DeserializationStrategy<Rep>,
        timeout: Duration = 10.seconds,
    ): Rep {
        val reply = requestJson(event, json.encodeToString(serializer, payload), timeout)
        return json.decode(reply, deserializer)
    }

    /** Requests with a payload that is JSON text already; otherwise like [request]. */
    public suspend fun requestJson(
        event: String,
        json: String,
        timeout: Duration = 10.seconds,
    ): Message = engine.request(event, json, timeout)

    /**
     * Enters rooms, now if connected, and in every session to come. The server does not answer: a
     * room that it refuses is silence. A message that is sent behind this does not overtake it.
     *
     * @throws RoomException none of the rooms was taken.
     */
    public suspend fun join(vararg rooms: String) {
        join(rooms.asList())
    }

    /** Enters rooms; see the other [join]. */
    public suspend fun join(rooms: Collection<String>) {
        engine.join(rooms)
    }

    /**
     * Leaves rooms, now if connected, and does not enter them again.
     *
     * @throws RoomException none of the rooms was taken.
     */
    public suspend fun leave(vararg rooms: String) {
        leave(rooms.asList())
    }

    /** Leaves rooms; see the other [leave]. */
    public suspend fun leave(rooms: Collection<String>) {
        engine.leave(rooms)
    }

    /** The rooms that the client wants to be in, connected or not. */
    public suspend fun rooms(): Set<String> = engine.rooms()

    /**
     * Sets the token for the next session; the present one goes on. Where the server refused the
     * former one, call [connect] again.
     *
     * @throws InvalidTokenException the token is empty or not Unicode.
     */
    public suspend fun updateToken(token: String) {
        engine.updateToken(token)
    }

    /**
     * All messages, replies to requests apart.
     *
     * A collector gets what comes from the moment on when it begins to collect, in order; what
     * came before is not repeated. Collecting begins before `collect` first suspends: whoever
     * starts it undispatched before [connect] misses nothing. The flow completes when the client
     * is closed, behind what waits in the collector's buffer; it never fails by itself.
     *
     * @param buffer messages that may wait for the collector; 1 to 1,000,000.
     * @param whenSlow what happens when more would have to wait.
     */
    public fun messages(
        buffer: Int = DEFAULT_BUFFER,
        whenSlow: WhenSlow = WhenSlow.HoldBack,
    ): Flow<Message> = engine.messages(null, buffer, whenSlow)

    /** The messages of one event; otherwise like the other [messages]. */
    public fun messages(
        event: String,
        buffer: Int = DEFAULT_BUFFER,
        whenSlow: WhenSlow = WhenSlow.HoldBack,
    ): Flow<Message> = engine.messages(event, buffer, whenSlow)

    /**
     * The payloads of one event, read as [T] in the collector's coroutine; otherwise like
     * [messages]. A payload that is none is told by [reports], and the flow goes on.
     */
    public inline fun <reified T> events(
        event: String,
        buffer: Int = DEFAULT_BUFFER,
        whenSlow: WhenSlow = WhenSlow.HoldBack,
    ): Flow<T> = events(event, json.serializersModule.serializer<T>(), buffer, whenSlow)

    /** Reads the payloads with a deserializer of its own; otherwise like the other [events]. */
    public fun <T> events(
        event: String,
        deserializer: DeserializationStrategy<T>,
        buffer: Int = DEFAULT_BUFFER,
        whenSlow: WhenSlow = WhenSlow.HoldBack,
    ): Flow<T> = engine.payloads(event, json, deserializer, buffer, whenSlow)

    /**
     * Things to know about, from the moment on when collecting begins. A collector that is slow
     * loses the oldest beyond 64; they are counted in [Lag.dropped]. Completes when the client is
     * closed.
     */
    public fun reports(): Flow<SignalReport> = engine.reports()

    /**
     * Calls a listener back until what is returned is closed, or the client; from then on no
     * further call begins. It has a buffer of 1,024 events; a listener that is slower than that
     * holds the client back, see [WhenSlow.HoldBack].
     *
     * @throws ClientClosedException the client was closed.
     */
    public fun addListener(listener: SignalListener): AutoCloseable = engine.addListener(listener)

    /** How far the app is behind. */
    public fun lag(): Lag = engine.lag()

    /** What was counted so far. */
    public suspend fun stats(): Stats = engine.stats()

    /**
     * Where the connection stands, why, and what can be done about it, for people. Safe to log: no
     * token, no key, no payload.
     */
    public suspend fun explain(): String = engine.explain()

    /**
     * Tells that there is a network again, or another one. A connection is probed at once; an
     * attempt under way begins anew; while reconnecting, the next one starts at once.
     *
     * Hints are taken in their order, before the first connection too, and a [connect] or
     * [disconnect] behind them comes behind them; only the latest 64 wait.
     */
    public fun networkAvailable() {
        engine.hint(Hint.NetworkAvailable)
    }

    /**
     * Tells that there is no network. A connection is probed at once; attempts stop until
     * [networkAvailable], [connect], or the end of a connection that outlived the loss.
     */
    public fun networkLost() {
        engine.hint(Hint.NetworkLost)
    }

    /**
     * Tells that the machine or the app slept. A connection is probed before it is trusted; while
     * reconnecting, or [suspended], the next attempt starts at once.
     */
    public fun resumed() {
        engine.hint(Hint.Resumed)
    }

    /**
     * Tells that the app is about to sleep, or wants to save power. The connection is closed as by
     * [disconnect], and an attempt at one stops; the wish to be connected stays, and [state] is
     * [ConnectionState.Disconnected] for the reason `suspended`. [resumed] or [connect] connects
     * again, and a [connect] that waits goes on waiting; [disconnect] ends the wish. Without a wish
     * nothing happens.
     */
    public fun suspended() {
        engine.hint(Hint.Suspended)
    }

    /**
     * Ends the client for good: says goodbye to the server, completes the flows, and lets every
     * call that waits fail with [ClientClosedException], as later ones do. On any thread, in any
     * state, any number of times, also in a collector or listener; does not wait.
     */
    override fun close() {
        engine.close()
    }

    /** Holds the defaults. */
    public companion object {
        /** Messages that may wait for a collector by default. */
        public const val DEFAULT_BUFFER: Int = 1_024
    }
}

package dev.aldis

import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.future.future
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import java.util.concurrent.CompletableFuture
import java.util.concurrent.Executor
import kotlin.time.Duration.Companion.milliseconds

/**
 * A [SignalClient] for Java: futures instead of suspending functions, a listener instead of flows,
 * JSON text instead of serializers.
 *
 * ```java
 * try (var client = new AsyncSignalClient(config, request -> fetchToken(), listener)) {
 *     client.connect().join();
 *     client.send("chat", "\"hello\"").join();
 * }
 * ```
 *
 * No function blocks. Futures fail with the exceptions that the functions of the same name of
 * [SignalClient] throw; they are completed at once or on the executor, and cancel the call where
 * they are cancelled. Messages, joins and leaves go out in the order of the calls, also where one has to
 * wait for room: the next then waits behind it.
 *
 * @param client a client, which [close] ends.
 * @param listener hears what happens, if given; more can be [added][addListener].
 * @param executor where futures go on that had to wait; null for a shared pool.
 */
public class AsyncSignalClient
    @JvmOverloads
    constructor(
        private val client: SignalClient,
        listener: SignalListener? = null,
        executor: Executor? = null,
    ) : AutoCloseable {
        /**
         * Makes a client, disconnected.
         *
         * @param config the configuration.
         * @param tokens where tokens come from, if not from [config] alone.
         * @param listener hears what happens, if given; more can be [added][addListener].
         * @param executor where listeners and [tokens] are called; null for a shared pool.
         * @param onUncaught takes what listeners and [tokens] throw.
         */
        @JvmOverloads
        public constructor(
            config: SignalConfig,
            tokens: AsyncTokenProvider? = null,
            listener: SignalListener? = null,
            executor: Executor? = null,
            onUncaught: UncaughtHandler = UncaughtHandler.Logging,
        ) : this(
            SignalClient(
                config,
                tokens?.asTokenProvider(),
                dispatcher = dispatcherOf(executor),
                onUncaught = onUncaught,
            ),
            listener,
            executor,
        )

        /** Of the calls, not of the client: they end by themselves when it is closed. */
        private val scope = CoroutineScope(SupervisorJob() + dispatcherOf(executor))

        /** Held by one call that sends at a time; those that wait for it do so in order. */
        private val order = Mutex()

        init {
            listener?.let(client::addListener)
        }

        /** See [SignalClient.state]. */
        public val state: ConnectionState get() = client.state.value

        /** See [SignalClient.connect]. */
        public fun connect(): CompletableFuture<Session> = call { client.connect() }

        /** See [SignalClient.disconnect]. */
        public fun disconnect(): CompletableFuture<Void?> = run { client.disconnect() }

        /** See [SignalClient.sendJson]. */
        public fun send(event: String, json: String): CompletableFuture<Void?> =
            inOrder { client.sendJson(event, json) }

        /** See [SignalClient.sendJson]. */
        public fun send(event: String, json: String, ttlMillis: Long): CompletableFuture<Void?> =
            inOrder { client.sendJson(event, json, ttlMillis.milliseconds) }

        /** See [SignalClient.trySendJson]. */
        public fun trySend(event: String, json: String) {
            client.trySendJson(event, json)
        }

        /** See [SignalClient.trySendJson]. */
        public fun trySend(event: String, json: String, ttlMillis: Long) {
            client.trySendJson(event, json, ttlMillis.milliseconds)
        }

        /** See [SignalClient.requestJson]. */
        @JvmOverloads
        public fun request(
            event: String,
            json: String,
            timeoutMillis: Long = DEFAULT_TIMEOUT_MILLIS,
        ): CompletableFuture<Message> =
            call { client.requestJson(event, json, timeoutMillis.milliseconds) }

        /** See [SignalClient.join]. */
        public fun join(vararg rooms: String): CompletableFuture<Void?> = join(rooms.asList())

        /** See [SignalClient.join]. */
        public fun join(rooms: Collection<String>): CompletableFuture<Void?> =
            inOrder { client.join(rooms) }

        /** See [SignalClient.leave]. */
        public fun leave(vararg rooms: String): CompletableFuture<Void?> = leave(rooms.asList())

        /** See [SignalClient.leave]. */
        public fun leave(rooms: Collection<String>): CompletableFuture<Void?> =
            inOrder { client.leave(rooms) }

        /** See [SignalClient.rooms]. */
        public fun rooms(): CompletableFuture<Set<String>> = call { client.rooms() }

        /** See [SignalClient.updateToken]. */
        public fun updateToken(token: String): CompletableFuture<Void?> =
            run { client.updateToken(token) }

        /** See [SignalClient.addListener]. */
        public fun addListener(listener: SignalListener): AutoCloseable =
            client.addListener(listener)

        /** See [SignalClient.lag]. */
        public fun lag(): Lag = client.lag()

        /** See [SignalClient.stats]. */
        public fun stats(): CompletableFuture<Stats> = call { client.stats() }

        /** See [SignalClient.explain]. */
        public fun explain(): CompletableFuture<String> = call { client.explain() }

        /** See [SignalClient.networkAvailable]. */
        public fun networkAvailable() {
            client.networkAvailable()
        }

        /** See [SignalClient.networkLost]. */
        public fun networkLost() {
            client.networkLost()
        }

        /** See [SignalClient.resumed]. */
        public fun resumed() {
            client.resumed()
        }

        /** See [SignalClient.suspended]. */
        public fun suspended() {
            client.suspended()
        }

        /** See [SignalClient.close]. */
        override fun close() {
            client.close()
        }

        // Undispatched: what can be done at once is done before the call returns, and what has to
        // wait gets in line in the order of the calls.
        private fun <T> call(action: suspend () -> T): CompletableFuture<T> =
            scope.future(start = CoroutineStart.UNDISPATCHED) { action() }

        private fun run(action: suspend () -> Unit): CompletableFuture<Void?> = call {
            action()
            null
        }

        private fun inOrder(action: suspend () -> Unit): CompletableFuture<Void?> =
            run { order.withLock { action() } }

        private companion object {
            const val DEFAULT_TIMEOUT_MILLIS = 10_000L

            fun dispatcherOf(executor: Executor?): CoroutineDispatcher =
                executor?.asCoroutineDispatcher() ?: Dispatchers.Default
        }
    }

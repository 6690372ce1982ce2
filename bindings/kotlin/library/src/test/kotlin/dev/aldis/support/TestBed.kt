package dev.aldis.support

import app.cash.turbine.withTurbineTimeout
import dev.aldis.SignalClient
import dev.aldis.SignalConfig
import dev.aldis.SignalConfigBuilder
import dev.aldis.SignalJson
import dev.aldis.TokenProvider
import dev.aldis.UncaughtHandler
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.job
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import org.junit.jupiter.params.ParameterizedClass
import org.junit.jupiter.params.provider.EnumSource
import java.util.concurrent.ConcurrentLinkedDeque
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.time.Duration.Companion.minutes

/** How messages cross the boundary. */
internal enum class Way { LANE, UNIFFI }

/** Runs every test of the class on both ways. */
@Target(AnnotationTarget.CLASS)
@ParameterizedClass(name = "{0}")
@EnumSource(Way::class)
internal annotation class BothWays

/** What a test has at hand. What it starts ends with it. */
internal class TestBed(private val way: Way, scope: CoroutineScope) : CoroutineScope by scope {
    private val owned = ConcurrentLinkedDeque<AutoCloseable>()

    /** What was told to the handlers of the clients. A test that expects something takes it out. */
    val uncaught = CopyOnWriteArrayList<Throwable>()

    fun <T : AutoCloseable> own(resource: T): T = resource.also(owned::addFirst)

    /** Without options every token is taken, as the id of the user. */
    suspend fun aldis(vararg options: String): AldisServer = own(AldisServer.start(*options))

    suspend fun proxy(server: Server, vararg options: String): FaultProxy =
        own(FaultProxy.before(server, *options))

    /** A proxy that speaks TLS, with a certificate of its own authority. */
    suspend fun secureProxy(server: Server): FaultProxy = proxy(server, "--tls", "127.0.0.1")

    /** A client that ends with the test. */
    fun client(
        server: Server,
        token: String? = "ann",
        tokens: TokenProvider? = null,
        dispatcher: CoroutineDispatcher = Dispatchers.Default,
        onUncaught: UncaughtHandler = UncaughtHandler(uncaught::add),
        configure: SignalConfigBuilder.() -> Unit = {},
    ): SignalClient {
        val config = SignalConfig(server.url) {
            token(token)
            configure()
        }
        return own(
            SignalClient(config, tokens, SignalJson, dispatcher, onUncaught, way == Way.LANE),
        )
    }

    /** A client that is authenticated, and ends with the test. */
    suspend fun connected(
        server: Server,
        token: String = "ann",
        configure: SignalConfigBuilder.() -> Unit = {},
    ): SignalClient = client(server, token, configure = configure).also { it.connect() }

    fun end() {
        val failures = owned.mapNotNull { runCatching(it::close).exceptionOrNull() }
        failures.forEach { throw it }
        check(uncaught.isEmpty()) { "told to the handler: $uncaught" }
    }
}

/** A test with real sockets, in real time. Nothing may be left of it, and no exception may have got away. */
internal fun test(way: Way, body: suspend TestBed.() -> Unit) {
    val escaped = CopyOnWriteArrayList<Throwable>()
    Thread.setDefaultUncaughtExceptionHandler { _, exception -> escaped += exception }
    runBlocking {
        val (bed, job) = TestBed(way, this) to coroutineContext.job
        val outcome = runCatching { withTurbineTimeout(1.minutes) { bed.body() } }
        val end = runCatching {
            // The guard against hangs may have cancelled all this.
            withContext(NonCancellable) {
                job.children.forEach { it.cancelAndJoin() }
                bed.end()
            }
        }
        outcome.getOrThrow()
        end.getOrThrow()
    }
    Leftovers.assertNone()
    check(escaped.isEmpty()) { "nobody caught $escaped" }
}

package dev.aldis.android

import android.os.PowerManager
import app.cash.turbine.test
import dev.aldis.ConnectionState
import dev.aldis.ConnectionState.Authenticated
import dev.aldis.ConnectionState.Disconnected
import dev.aldis.ConnectionState.Reconnecting
import dev.aldis.InvalidConfigException
import dev.aldis.Session
import dev.aldis.SignalClient
import dev.aldis.SignalConfig
import dev.aldis.SignalConfigBuilder
import dev.aldis.UncaughtHandler
import dev.aldis.android.support.App
import dev.aldis.android.support.DefaultNetworks.Companion.MOBILE
import dev.aldis.android.support.DefaultNetworks.Companion.WIFI
import dev.aldis.android.support.MainThread
import dev.aldis.support.AldisServer
import dev.aldis.support.FaultProxy
import dev.aldis.support.Leftovers
import dev.aldis.support.Server
import dev.aldis.support.until
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertNull
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import java.net.URI
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes

/** The real library and the real server, on an Android without a device. */
@RunWith(RobolectricTestRunner::class)
internal class ServerTest {
    private val app = App()
    private val owned = ArrayDeque<AutoCloseable>()
    private val uncaught = CopyOnWriteArrayList<Throwable>()

    @After
    fun end() {
        owned.forEach(AutoCloseable::close)
        app.close()
        assertEquals(emptyList<Throwable>(), uncaught)
        Leftovers.assertNone()
    }

    private fun <T : AutoCloseable> own(resource: T): T = resource.also(owned::addFirst)

    private fun test(body: suspend () -> Unit) = runBlocking { withTimeout(1.minutes) { body() } }

    private suspend fun server() = own(AldisServer.start())

    private suspend fun proxy() = own(FaultProxy.before(server()))

    /** A client on Wi-Fi in an open app, whose heart beats so seldom that it notices nothing by itself. */
    private suspend fun client(
        server: Server,
        life: LifePolicy = LifePolicy.Foreground(),
        configure: SignalConfigBuilder.() -> Unit = {},
    ): SignalClient {
        val config = SignalConfig(server.url) {
            token("ann").heartbeatInterval(1.hours).probeTimeout(200.milliseconds)
            configure()
        }
        val options = AndroidOptions(life, onUncaught = UncaughtHandler(uncaught::add))
        app.open()
        val observers = app.process.observerCount
        val client = own(Aldis.client(app.application, config, options = options))
        until {
            MainThread.work()
            app.process.observerCount == observers + 1 && app.networks.listeners.size == 1
        }
        app.networks.arrives(WIFI, "192.0.2.7")
        MainThread.workFor(1_000)
        return client
    }

    private suspend inline fun <reified T : ConnectionState> SignalClient.becomes(): T =
        state.filterIsInstance<T>().first()

    private suspend fun SignalClient.isLost() = state.first { it !is Authenticated }

    private suspend fun SignalClient.becomesOtherThan(session: Session): Session = state
        .filterIsInstance<Authenticated>()
        .first { it.session != session }
        .session

    private fun metrics(server: Server) = URI("http://${server.address}/metrics").toURL().readText()

    @Test
    fun `a client connects, joins, sends and receives`() = test {
        val client = client(server())
        client.connect()
        client.join("lobby")
        client.messages("said").test {
            client.sendJson("room", """{"room":"lobby","event":"said","data":{"text":"hi"}}""")
            assertEquals("""{"text":"hi"}""", awaitItem().data)
        }
        assertEquals("[1,2]", client.requestJson("echo", "[1,2]").data)
    }

    @Test
    fun `the background ends the connection cleanly, and the foreground brings it back`() = test {
        val server = server()
        val client = client(server)
        val first = client.connect()
        app.leave()
        MainThread.workFor(44_999)
        assertEquals("[1]", client.requestJson("echo", "[1]").data)
        MainThread.workFor(1)
        assertEquals("suspended", client.becomes<Disconnected>().reason?.code)
        until { "aldis_closes_total{code=\"1000\"} 1\n" in metrics(server) }
        // What comes meanwhile does not bring it back.
        app.networks.arrives(MOBILE, "198.51.100.7")
        MainThread.workFor(1_000)
        client.stats()
        assertEquals("suspended", client.becomes<Disconnected>().reason?.code)
        app.open()
        assertNotEquals(first, client.becomes<Authenticated>().session)
        assertEquals("[2]", client.requestJson("echo", "[2]").data)
    }

    @Test
    fun `a call that waits for the connection waits through the background`() = test {
        val client = client(server())
        app.leave()
        MainThread.workFor(45_000)
        app.open()
        client.connect()
        assertEquals("[1]", client.requestJson("echo", "[1]").data)
    }

    @Test
    fun `a rotation costs nothing`() = test {
        val client = client(server())
        val session = client.connect()
        repeat(3) { app.rotate() }
        MainThread.workFor(60_000)
        assertEquals("[1]", client.requestJson("echo", "[1]").data)
        assertEquals(session, client.becomes<Authenticated>().session)
        assertEquals(1, client.stats().sessions)
    }

    @Test
    fun `a line that died with its network is noticed at once`() = test {
        val proxy = proxy()
        val client = client(proxy)
        val first = client.connect()
        proxy.swallow()
        app.networks.arrives(MOBILE, "198.51.100.7")
        MainThread.workFor(500)
        client.isLost()
        proxy.resume()
        client.networkAvailable()
        client.becomesOtherThan(first)
    }

    @Test
    fun `a line that lives on outlives the change of its network`() = test {
        val client = client(server())
        val session = client.connect()
        app.networks.arrives(MOBILE, "198.51.100.7")
        MainThread.workFor(500)
        assertEquals("[1]", client.requestJson("echo", "[1]").data)
        assertEquals(session, client.becomes<Authenticated>().session)
    }

    @Test
    fun `without a network nothing is attempted, and with it at once`() = test {
        val proxy = proxy()
        val client = client(proxy) { baseInterval(1.hours).maxInterval(1.hours).jitter(false) }
        val first = client.connect()
        app.networks.goes(WIFI)
        MainThread.workFor(1_000)
        proxy.cut()
        assertNull(
            client.state
                .filterIsInstance<Reconnecting>()
                .first { it.retryIn == null }
                .retryIn,
        )
        app.networks.arrives(MOBILE, "198.51.100.7")
        MainThread.workFor(500)
        client.becomesOtherThan(first)
    }

    @Test
    fun `a line that died in Doze is noticed at its end`() = test {
        val proxy = proxy()
        val client = client(proxy, LifePolicy.KeepWhileAllowed)
        client.connect()
        app.leave()
        val power = app.application.getSystemService(PowerManager::class.java)!!
        shadowOf(power).setIsDeviceIdleMode(true)
        MainThread.work()
        proxy.swallow()
        shadowOf(power).setIsDeviceIdleMode(false)
        MainThread.work()
        client.isLost()
    }

    @Test
    fun `the native side refuses cleartext that the app permits`() = test {
        val options = AndroidOptions(onUncaught = UncaughtHandler(uncaught::add))
        val config = SignalConfig("ws://192.0.2.1/ws", token = "ann")
        val client = own(Aldis.client(app.application, config, options = options))
        val refusal = runCatching { client.connect() }.exceptionOrNull()
        assertEquals("url", (refusal as InvalidConfigException).field)
    }
}

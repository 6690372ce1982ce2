package dev.aldis.android

import android.content.BroadcastReceiver
import android.content.ContextWrapper
import android.content.IntentFilter
import dev.aldis.InvalidConfigException
import dev.aldis.SignalClient
import dev.aldis.SignalConfig
import dev.aldis.UncaughtHandler
import dev.aldis.android.support.App
import dev.aldis.android.support.MainThread
import dev.aldis.android.support.RefusingConnectivity
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Runnable
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertSame
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.concurrent.thread
import kotlin.coroutines.CoroutineContext
import kotlin.time.Duration.Companion.seconds

@RunWith(RobolectricTestRunner::class)
internal class AldisTest {
    private val app = App()
    private val config = SignalConfig("wss://example.org/ws")
    private val uncaught = CopyOnWriteArrayList<Throwable>()

    /** What is not to happen on the caller's thread, as it comes. */
    private val later = ArrayDeque<Runnable>()
    private val lazily =
        object : CoroutineDispatcher() {
            override fun dispatch(context: CoroutineContext, block: Runnable) {
                later += block
            }
        }

    private val observersBefore = app.process.observerCount
    private val receiversBefore = receivers()

    @After
    fun end() = app.close()

    private fun client(
        life: LifePolicy = LifePolicy.Foreground(),
        followNetwork: Boolean = true,
        dispatcher: CoroutineDispatcher = Dispatchers.Unconfined,
        onUncaught: UncaughtHandler = UncaughtHandler(uncaught::add),
    ): SignalClient {
        val options = AndroidOptions(
            life = life,
            followNetwork = followNetwork,
            dispatcher = dispatcher,
            onUncaught = onUncaught,
        )
        return Aldis.client(app.application, config, options = options)
    }

    private fun receivers() = shadowOf(app.application).registeredReceivers.size

    private fun assertAttached(networks: Int, lives: Int) {
        MainThread.work()
        assertEquals(networks, app.networks.listeners.size)
        assertEquals(lives, app.process.observerCount - observersBefore)
        assertEquals(lives, receivers() - receiversBefore)
    }

    @Test
    fun `a client is attached until it is closed`() {
        val client = client()
        assertAttached(networks = 1, lives = 1)
        client.close()
        assertAttached(networks = 0, lives = 0)
        client.close()
        assertEquals(emptyList<Throwable>(), uncaught)
    }

    @Test
    fun `each client is attached for itself`() {
        val clients = List(50) { client() }
        assertAttached(networks = 50, lives = 50)
        clients.first().close()
        assertAttached(networks = 49, lives = 49)
        clients.forEach(SignalClient::close)
        assertAttached(networks = 0, lives = 0)
        assertEquals(emptyList<Throwable>(), uncaught)
    }

    @Test
    fun `only what the options ask for is attached`() {
        client(followNetwork = false).use { assertAttached(networks = 0, lives = 1) }
        client(life = LifePolicy.AppManaged).use { assertAttached(networks = 1, lives = 0) }
        client(life = LifePolicy.KeepWhileAllowed).use { assertAttached(networks = 1, lives = 1) }
        client(life = LifePolicy.AppManaged, followNetwork = false).use {
            assertAttached(networks = 0, lives = 0)
        }
    }

    @Test
    fun `nothing happens on the thread of the caller`() {
        val client = client(dispatcher = lazily)
        assertAttached(networks = 0, lives = 0)
        later.removeFirst().run()
        assertAttached(networks = 1, lives = 1)
        client.close()
        while (later.isNotEmpty()) later.removeFirst().run()
        assertAttached(networks = 0, lives = 0)
    }

    @Test
    fun `a client that is closed before it was attached is not attached for long`() {
        client(dispatcher = lazily).close()
        while (later.isNotEmpty()) later.removeFirst().run()
        assertAttached(networks = 0, lives = 0)
        assertEquals(emptyList<Throwable>(), uncaught)
    }

    @Test
    fun `any thread may make and close clients`() {
        val clients = CopyOnWriteArrayList<SignalClient>()
        List(4) { thread { repeat(5) { clients += client() } } }.forEach(Thread::join)
        assertAttached(networks = 20, lives = 20)
        clients.map { thread { it.close() } }.forEach(Thread::join)
        assertAttached(networks = 0, lives = 0)
    }

    @Test
    fun `an activity is asked for its application and for nothing else`() {
        val activity =
            object : ContextWrapper(app.open()) {
                override fun getApplicationContext() = app.application

                override fun getSystemService(name: String) = error("$name of an activity")

                override fun registerReceiver(receiver: BroadcastReceiver?, filter: IntentFilter) =
                    error("a receiver of an activity")

                override fun registerReceiver(
                    receiver: BroadcastReceiver?,
                    filter: IntentFilter,
                    flags: Int,
                ) = error("a receiver of an activity")
            }
        val options =
            AndroidOptions(dispatcher = Dispatchers.Unconfined, onUncaught = uncaught::add)
        Aldis.client(activity, config, options = options).use {
            assertAttached(networks = 1, lives = 1)
            val receiver = shadowOf(app.application).registeredReceivers.last()
            assertSame(app.application.baseContext, receiver.context)
        }
        assertEquals(emptyList<Throwable>(), uncaught)
    }

    @Test
    fun `an application that is still being made does`() {
        val early =
            object : ContextWrapper(app.application) {
                override fun getApplicationContext() = null
            }
        val options = AndroidOptions(dispatcher = Dispatchers.Unconfined)
        Aldis.client(early, config, options = options).use {
            assertAttached(networks = 1, lives = 1)
        }
    }

    @Test
    @Config(shadows = [RefusingConnectivity::class])
    fun `where the system refuses, the client works without`() {
        val client = client()
        assertEquals(RefusingConnectivity.REFUSAL, uncaught.single().message)
        assertAttached(networks = 0, lives = 1)
        client.close()
        assertAttached(networks = 0, lives = 0)
        assertEquals(1, uncaught.size)
    }

    @Test
    @Config(shadows = [RefusingConnectivity::class])
    fun `a handler that throws changes nothing`() {
        client(onUncaught = { error("the handler itself") }).use {
            assertAttached(networks = 0, lives = 1)
        }
    }

    @Test
    fun `what Android does not allow is refused before anything is made`() {
        val config = SignalConfig("wss://example.org/ws") { heartbeatInterval(1.seconds) }
        val refusal = assertThrows(InvalidConfigException::class.java) {
            Aldis.client(app.application, config)
        }
        assertEquals("heartbeatInterval", refusal.field)
        assertAttached(networks = 0, lives = 0)
    }

    @Test
    fun `a grace has limits, and Java has its own way to say it`() {
        val java = LifePolicy.foreground(30_000)
        assertEquals(LifePolicy.Foreground(30.seconds), java)
        val refusal = assertThrows(IllegalArgumentException::class.java) {
            LifePolicy.foreground(86_400_001)
        }
        assertTrue(refusal.message!!.contains("0 s to 24 h are allowed"))
        assertThrows(IllegalArgumentException::class.java) { LifePolicy.foreground(-1) }
    }
}

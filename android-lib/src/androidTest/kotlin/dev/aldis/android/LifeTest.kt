package dev.aldis.android

import android.content.Context
import android.os.PowerManager
import androidx.lifecycle.Lifecycle.State.CREATED
import androidx.lifecycle.Lifecycle.State.RESUMED
import androidx.test.core.app.ActivityScenario
import androidx.test.core.app.ApplicationProvider
import androidx.test.ext.junit.runners.AndroidJUnit4
import androidx.test.platform.app.InstrumentationRegistry
import androidx.test.uiautomator.UiDevice
import dev.aldis.ConnectionState.Authenticated
import dev.aldis.ConnectionState.Disconnected
import dev.aldis.Session
import dev.aldis.SignalClient
import dev.aldis.android.support.Device
import dev.aldis.android.support.EmptyActivity
import dev.aldis.android.support.test
import dev.aldis.android.support.until
import dev.aldis.android.support.untilAnotherThan
import dev.aldis.android.support.useClient
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.seconds

/** What becomes of a connection when the app goes away and comes back. */
@RunWith(AndroidJUnit4::class)
internal class LifeTest {
    private val ui = UiDevice.getInstance(InstrumentationRegistry.getInstrumentation())

    @Test
    fun rotationIsNothingToTheConnection() = test {
        ActivityScenario.launch(EmptyActivity::class.java).use {
            useClient(options = AndroidOptions()) { client ->
                val session = client.connect()
                try {
                    ui.setOrientationLeft()
                    client.assertStillIn(session)
                    ui.setOrientationNatural()
                    client.assertStillIn(session)
                } finally {
                    ui.unfreezeRotation()
                }
            }
        }
    }

    @Test
    fun aRecreatedActivityFindsTheConnectionAsItWas() = test {
        ActivityScenario.launch(EmptyActivity::class.java).use { scenario ->
            useClient(options = AndroidOptions()) { client ->
                val session = client.connect()
                scenario.recreate()
                client.assertStillIn(session)
            }
        }
    }

    @Test
    fun afterTheGraceTheConnectionIsClosedAndTheForegroundBringsItBack() = test {
        ActivityScenario.launch(EmptyActivity::class.java).use { scenario ->
            val options = AndroidOptions(life = LifePolicy.Foreground(backgroundGrace = 1.seconds))
            useClient(options = options) { client ->
                val before = client.connect()
                scenario.moveToState(CREATED)
                assertEquals("suspended", client.until<Disconnected>().reason?.code)
                scenario.moveToState(RESUMED)
                client.untilAnotherThan(before)
            }
        }
    }

    @Test
    fun withinTheGraceTheConnectionIsKept() = test {
        ActivityScenario.launch(EmptyActivity::class.java).use { scenario ->
            val options = AndroidOptions(life = LifePolicy.Foreground(backgroundGrace = 1.hours))
            useClient(options = options) { client ->
                val session = client.connect()
                scenario.moveToState(CREATED)
                client.assertStillIn(session)
                scenario.moveToState(RESUMED)
                client.assertStillIn(session)
            }
        }
    }

    /**
     * The process of a test counts as one in the foreground, and so keeps its network in Doze: what
     * is seen here is that the connection is trusted again only after a probe, and works then.
     */
    @Test
    fun afterDozeTheConnectionWorks() = test {
        val context = ApplicationProvider.getApplicationContext<Context>()
        val power = checkNotNull(context.getSystemService(PowerManager::class.java))
        useClient { client ->
            client.connect()
            Device.dozing { assertTrue(power.isDeviceIdleMode) }
            assertFalse(power.isDeviceIdleMode)
            client.until<Authenticated>()
            assertEquals("1", client.requestJson("echo", "1").data)
        }
    }

    /** A message went there and back, and the session is the one that it was. */
    private suspend fun SignalClient.assertStillIn(session: Session) {
        assertEquals("1", requestJson("echo", "1").data)
        assertEquals(Authenticated(session), state.value)
        assertEquals(1, stats().sessions)
    }
}

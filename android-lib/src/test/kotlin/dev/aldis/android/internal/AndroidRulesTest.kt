package dev.aldis.android.internal

import dev.aldis.InvalidConfigException
import dev.aldis.SignalConfig
import dev.aldis.android.support.OnlyLoopbackInCleartext
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

@RunWith(RobolectricTestRunner::class)
@Config(sdk = [24, 34], shadows = [OnlyLoopbackInCleartext::class])
internal class AndroidRulesTest {
    private fun check(url: String = "wss://example.org/ws", heartbeat: Duration = 30.seconds) {
        SignalConfig(url) { heartbeatInterval(heartbeat) }.requireAllowedOnAndroid()
    }

    private fun refusal(url: String = "wss://example.org/ws", heartbeat: Duration = 30.seconds) =
        assertThrows(InvalidConfigException::class.java) { check(url, heartbeat) }

    @Test
    fun `a heartbeat may not be more often than every 15 seconds`() {
        check(heartbeat = 15.seconds)
        val refusal = refusal(heartbeat = 14_999.milliseconds)
        assertEquals("heartbeatInterval", refusal.field)
        assertEquals(
            "heartbeatInterval: 14.999s would drain the battery; on Android 15s or more are allowed",
            refusal.message,
        )
    }

    @Test
    fun `cleartext needs the permission of the app for the very host`() {
        check("ws://127.0.0.1:8787/ws")
        check("ws://[::1]:8787/ws")
        val refusal = refusal("ws://example.org:8787/ws?room=1")
        assertEquals("url", refusal.field)
        assertEquals(
            "url: ws:// to example.org is cleartext, which this app does not permit; use wss://, " +
                "or permit it for example.org by cleartextTrafficPermitted in the app's network " +
                "security configuration",
            refusal.message,
        )
    }

    @Test
    fun `however it is written, cleartext is cleartext`() {
        val spellings = listOf(
            "WS://example.org/ws", "  ws://example.org", "w\ts://example.org", "ws:example.org",
            "ws:\\\\example.org\\ws", "ws:////example.org", "ws://127.0.0.1@example.org/",
            "ws://example.org?127.0.0.1", "ws://example.org#127.0.0.1",
        )
        for (url in spellings) {
            val message = refusal(url).message.orEmpty()
            assertTrue("$url: $message", message.startsWith("url: ws:// to example.org is"))
        }
        assertTrue(refusal("ws://[2001:db8::1]:80/").message!!.contains(" to 2001:db8::1 is "))
    }

    @Test
    fun `encrypted connections need no permission`() {
        check("wss://example.org/ws")
        check("WSS://example.org/ws")
    }

    @Test
    fun `what is no URL is left to those who know better`() {
        check("")
        check("ws:")
        check("ws://")
        check("nonsense")
    }
}

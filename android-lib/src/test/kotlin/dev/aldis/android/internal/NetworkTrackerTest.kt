package dev.aldis.android.internal

import dev.aldis.android.internal.Hint.NetworkAvailable
import dev.aldis.android.internal.Hint.NetworkLost
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test
import kotlin.random.Random

internal class NetworkTrackerTest {
    private val tracker = NetworkTracker(startMillis = 0)
    private var now = 0L
    private val hints = mutableListOf<Pair<Hint, Long>>()

    /** Lets the time pass, as a handler would. */
    private fun until(millis: Long) {
        while (true) {
            val at = tracker.dueAt?.takeIf { it <= millis } ?: break
            now = maxOf(now, at)
            tracker.due(now)?.let { hints += it to now }
        }
        now = millis
    }

    private fun at(millis: Long, event: NetworkEvent) {
        until(millis)
        tracker.take(event, millis)
    }

    private fun available(network: Long) = NetworkEvent.Available(network)

    private fun lost(network: Long) = NetworkEvent.Lost(network)

    private fun addresses(network: Long, vararg addresses: String) =
        NetworkEvent.Addresses(network, addresses.toSet())

    private fun blocked(network: Long, blocked: Boolean) = NetworkEvent.Blocked(network, blocked)

    private fun capabilities(
        network: Long,
        validated: Boolean = true,
        captivePortal: Boolean = false,
        suspended: Boolean = false,
    ) = NetworkEvent.Capabilities(network, validated, captivePortal, suspended)

    /** Wi-Fi that has been there for long. */
    private fun onWifi() {
        at(0, available(WIFI))
        at(1, capabilities(WIFI))
        at(1, addresses(WIFI, "192.0.2.7"))
        at(1, blocked(WIFI, false))
        until(9_999)
        assertEquals(emptyList<Any>(), hints)
        assertNull(tracker.dueAt)
    }

    private fun assertHints(vararg expected: Pair<Hint, Long>) {
        until(now + 60_000)
        assertEquals(expected.toList(), hints)
        assertNull(tracker.dueAt)
    }

    @Test
    fun `the network that was there from the start is no news`() {
        onWifi()
        assertHints()
    }

    @Test
    fun `a start without a network is told as a loss, and the network that comes as available`() {
        until(999)
        assertEquals(emptyList<Any>(), hints)
        at(30_000, available(MOBILE))
        assertHints(NetworkLost to 1_000, NetworkAvailable to 30_500)
    }

    @Test
    fun `a hand-over is one change`() {
        onWifi()
        at(10_000, available(MOBILE))
        at(10_010, capabilities(MOBILE))
        at(10_020, addresses(MOBILE, "198.51.100.7"))
        assertHints(NetworkAvailable to 10_520)
    }

    @Test
    fun `a hand-over with a gap is one change, too`() {
        onWifi()
        at(10_000, lost(WIFI))
        at(10_999, available(MOBILE))
        at(11_000, addresses(MOBILE, "198.51.100.7"))
        assertHints(NetworkAvailable to 11_500)
    }

    @Test
    fun `a gap that lasts is a loss, and then a return`() {
        onWifi()
        at(10_000, lost(WIFI))
        at(11_000, available(MOBILE))
        assertHints(NetworkLost to 11_000, NetworkAvailable to 11_500)
    }

    @Test
    fun `a network that never settles is told all the same`() {
        onWifi()
        var event = 10_000L
        var network = MOBILE
        while (event < 14_000) {
            at(event, available(network++))
            event += 400
        }
        // The second wait begins with the change at 12,000, right behind the hint.
        assertHints(NetworkAvailable to 12_000, NetworkAvailable to 14_000)
    }

    @Test
    fun `what changes nothing does not put a hint off`() {
        onWifi()
        at(10_000, available(MOBILE))
        for (event in 10_001L..10_499L step 3) at(event, capabilities(MOBILE))
        assertHints(NetworkAvailable to 10_500)
    }

    @Test
    fun `a change that is taken back in time is none`() {
        onWifi()
        at(10_000, blocked(WIFI, true))
        at(10_900, blocked(WIFI, false))
        assertHints()
    }

    @Test
    fun `other addresses in the same network are a change`() {
        onWifi()
        at(10_000, addresses(WIFI, "192.0.2.8"))
        assertHints(NetworkAvailable to 10_500)
    }

    @Test
    fun `the same addresses again are none`() {
        onWifi()
        at(10_000, addresses(WIFI, "192.0.2.7"))
        assertHints()
    }

    @Test
    fun `the same network with another number is a change`() {
        onWifi()
        at(10_000, lost(WIFI))
        at(10_100, available(WIFI_AGAIN))
        at(10_100, addresses(WIFI_AGAIN, "192.0.2.7"))
        assertHints(NetworkAvailable to 10_600)
    }

    @Test
    fun `a captive portal is no network until it is passed`() {
        onWifi()
        at(10_000, available(HOTEL))
        at(10_001, capabilities(HOTEL, validated = false, captivePortal = true))
        at(10_002, addresses(HOTEL, "203.0.113.7"))
        at(40_000, capabilities(HOTEL, validated = true, captivePortal = true))
        assertHints(NetworkLost to 11_001, NetworkAvailable to 40_500)
    }

    @Test
    fun `a portal that shows up late is a loss`() {
        onWifi()
        at(10_000, capabilities(WIFI, validated = false, captivePortal = true))
        assertHints(NetworkLost to 11_000)
    }

    @Test
    fun `a network that was never validated is usable`() {
        onWifi()
        at(10_000, available(PRIVATE))
        at(10_001, capabilities(PRIVATE, validated = false))
        assertHints(NetworkAvailable to 10_500)
    }

    @Test
    fun `validation is no change`() {
        onWifi()
        at(10_000, capabilities(WIFI, validated = false))
        at(20_000, capabilities(WIFI, validated = true))
        assertHints()
    }

    @Test
    fun `a network that the app is kept off is none until that ends`() {
        onWifi()
        at(10_000, blocked(WIFI, true))
        at(50_000, blocked(WIFI, false))
        assertHints(NetworkLost to 11_000, NetworkAvailable to 50_500)
    }

    @Test
    fun `a suspended network is none until that ends`() {
        onWifi()
        at(10_000, capabilities(WIFI, suspended = true))
        at(50_000, capabilities(WIFI))
        assertHints(NetworkLost to 11_000, NetworkAvailable to 50_500)
    }

    @Test
    fun `all obstacles have to go`() {
        onWifi()
        at(10_000, blocked(WIFI, true))
        at(20_000, capabilities(WIFI, suspended = true))
        at(30_000, blocked(WIFI, false))
        until(40_000)
        assertEquals(listOf(NetworkLost to 11_000L), hints)
        at(40_000, capabilities(WIFI))
        assertHints(NetworkLost to 11_000, NetworkAvailable to 40_500)
    }

    @Test
    fun `what is told of a former network is nothing`() {
        onWifi()
        at(10_000, available(MOBILE))
        at(20_000, lost(WIFI))
        at(20_001, blocked(WIFI, true))
        at(20_002, addresses(WIFI, "192.0.2.9"))
        at(20_003, capabilities(WIFI, suspended = true))
        assertHints(NetworkAvailable to 10_500)
    }

    @Test
    fun `a network blocked from the start is a loss`() {
        at(0, available(WIFI))
        at(0, blocked(WIFI, true))
        assertHints(NetworkLost to 1_000)
    }

    @Test
    fun `nothing is due before its time`() {
        onWifi()
        at(10_000, available(MOBILE))
        assertNull(tracker.due(10_499))
        assertEquals(NetworkAvailable, tracker.due(10_500))
        assertNull(tracker.due(10_501))
    }

    /** Whatever happens: the last hint says what is, two losses never follow each other, none is late. */
    @Test
    fun `random events end in the truth`() {
        for (seed in 1..500) {
            val (random, test) = Random(seed) to NetworkTrackerTest()
            var usable = false
            repeat(40) {
                val network = random.nextLong(1, 4)
                val isBlocked = random.nextInt(4) == 0
                val time = test.now + random.nextLong(0, 1_500)
                if (random.nextInt(3) == 0) {
                    for (each in 1L..3L) test.at(time, test.lost(each))
                    usable = false
                } else {
                    test.at(time, test.available(network))
                    test.at(time, test.blocked(network, isBlocked))
                    usable = !isBlocked
                }
            }
            val change = test.now
            test.until(change + NetworkTracker.LONGEST_MS)
            assertNull("seed $seed", test.tracker.dueAt)
            val told = test.hints.map { it.first }
            val last = told.lastOrNull() ?: NetworkAvailable
            assertEquals("seed $seed", if (usable) NetworkAvailable else NetworkLost, last)
            val twice = told.zipWithNext().filter { it == NetworkLost to NetworkLost }
            assertEquals("seed $seed", emptyList<Any>(), twice)
        }
    }

    private companion object {
        const val WIFI = 100L
        const val WIFI_AGAIN = 101L
        const val MOBILE = 200L
        const val HOTEL = 300L
        const val PRIVATE = 400L
    }
}

package dev.aldis

import app.cash.turbine.test
import dev.aldis.ConnectionState.Authenticated
import dev.aldis.ConnectionState.Disconnected
import dev.aldis.ConnectionState.Reconnecting
import dev.aldis.support.BothWays
import dev.aldis.support.Way
import dev.aldis.support.test
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.milliseconds

@BothWays
internal class ReconnectTest(private val way: Way) {
    @Test
    fun `after a cut the client comes back with all its rooms, and the flow goes on`() = test(way) {
        val server = aldis()
        val proxy = proxy(server)
        val client = client(proxy) { quick().rooms("of the config") }
        val first = client.connect()
        client.join("joined")
        val sender = connected(server, "ben") { rooms("joined", "of the config") }

        client.events<Text>("said").test {
            for ((cuts, how) in listOf("close", "reset", "close").withIndex()) {
                proxy.cut(how)
                proxy.untilAccepted(cuts + 2)
                val session = client.state
                    .filterIsInstance<Authenticated>()
                    .first { it.session != first }
                    .session
                assertNotEquals(first.clientId, session.clientId)
                // The join is on its way when the reply to a later request has come.
                client.requestJson("echo", "1")
                for (room in listOf("joined", "of the config")) {
                    val text = Text("after cut $cuts in $room")
                    sender.request<ToRoom, NoPayload>("room", ToRoom(room, "said", text))
                    assertEquals(text, awaitItem())
                }
            }
        }
        assertTrue(client.stats().sessions >= 4)
    }

    @Test
    fun `a connection that was lost is told with its reason`() = test(way) {
        val proxy = proxy(aldis())
        val client = connected(proxy) { slow() }
        proxy.cut()
        val state = client.state.filterIsInstance<Reconnecting>().first()
        assertEquals("connection_lost", state.reason?.code)
        assertEquals(1, state.attempt)
        assertEquals(1.hours, state.retryIn)
    }

    @Test
    fun `a network hint ends the wait for the next attempt`() = test(way) {
        val proxy = proxy(aldis())
        val client = connected(proxy) { slow() }
        for (hint in listOf(SignalClient::networkAvailable, SignalClient::resumed)) {
            proxy.cut()
            client.state.filterIsInstance<Reconnecting>().first()
            hint(client)
            client.state.filterIsInstance<Authenticated>().first()
        }
    }

    @Test
    fun `without a network no attempt is made until there is one`() = test(way) {
        val proxy = proxy(aldis())
        val client = connected(proxy) { quick() }
        proxy.refuse()
        client.networkLost()
        proxy.cut()
        val state = client.state.filterIsInstance<Reconnecting>().first { it.retryIn == null }
        assertNull(state.retryIn)
        proxy.accept()
        client.networkAvailable()
        client.state.filterIsInstance<Authenticated>().first()
    }

    @Test
    fun `a suspended client comes back when it is resumed`() = test(way) {
        val client = connected(aldis())
        client.suspended()
        val state = client.state.filterIsInstance<Disconnected>().first()
        assertEquals("suspended", state.reason?.code)
        client.resumed()
        client.state.filterIsInstance<Authenticated>().first()
    }

    @Test
    fun `a connect behind a hint comes behind it`() = test(way) {
        val client = connected(aldis())
        var before = client.connect()
        repeat(200) {
            client.suspended()
            val session = client.connect()
            assertNotEquals(before.clientId, session.clientId)
            before = session
        }
    }

    @Test
    fun `hints to a client that does nothing are nothing`() = test(way) {
        val client = client(aldis())
        client.networkLost()
        client.networkAvailable()
        client.suspended()
        client.resumed()
        assertEquals(Disconnected(null), client.state.value)
        client.connect()
    }

    @Test
    fun `a client gives up after the attempts that it is allowed`() = test(way) {
        val proxy = proxy(aldis())
        val client = connected(proxy) { quick().maxRetries(2) }
        proxy.refuse()
        proxy.cut()
        val state = client.state.filterIsInstance<Disconnected>().first()
        assertEquals("retries_exhausted", state.reason?.code)
    }

    private fun SignalConfigBuilder.quick() =
        baseInterval(1.milliseconds).maxInterval(20.milliseconds).maxRetries(1_000)

    private fun SignalConfigBuilder.slow() =
        baseInterval(1.hours).maxInterval(1.hours).jitter(false)
}

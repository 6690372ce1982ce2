package dev.aldis

import app.cash.turbine.test
import dev.aldis.ConnectionState.Authenticated
import dev.aldis.ConnectionState.Disconnected
import dev.aldis.support.BothWays
import dev.aldis.support.NoServer
import dev.aldis.support.SilentServer
import dev.aldis.support.Way
import dev.aldis.support.test
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.first
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertInstanceOf
import org.junit.jupiter.api.assertThrows

@BothWays
internal class ConnectTest(private val way: Way) {
    @Test
    fun `a client is disconnected until it connects, and authenticated when connect returns`() =
        test(way) {
            val client = client(aldis())
            assertEquals(Disconnected(null), client.state.value)
            val session = client.connect()
            assertEquals(Authenticated(session), client.state.value)
            assertEquals("ann", session.userId)
            assertTrue(session.encrypted)
        }

    @Test
    fun `the state goes through all that a watcher can see, and ends with disconnect`() =
        test(way) {
            val client = client(aldis())
            client.state.test {
                assertInstanceOf<Disconnected>(awaitItem())
                client.connect()
                assertInstanceOf<Authenticated>(expectMostRecentItem())
                client.disconnect()
                assertEquals(
                    "disconnected",
                    assertInstanceOf<Disconnected>(expectMostRecentItem()).reason?.code,
                )
            }
        }

    @Test
    fun `connect of a client that is connected returns its session`() = test(way) {
        val client = client(aldis())
        assertEquals(client.connect(), client.connect())
    }

    @Test
    fun `calls of connect at the same time share one attempt`() = test(way) {
        val client = client(aldis())
        val sessions = List(8) { async { client.connect() } }.map { it.await() }
        assertEquals(1, sessions.toSet().size)
        assertEquals(1, client.stats().attempts)
    }

    @Test
    fun `a client can connect again after disconnect`() = test(way) {
        val client = client(aldis())
        val first = client.connect()
        client.disconnect()
        assertInstanceOf<Disconnected>(client.state.value)
        assertNotEquals(first.clientId, client.connect().clientId)
    }

    @Test
    fun `disconnect ends a connect that waits`() = test(way) {
        val client = client(own(SilentServer()))
        val connecting = async { runCatching { client.connect() } }
        client.state.first { it !is Disconnected }
        client.disconnect()
        assertInstanceOf<ConnectCancelledException>(connecting.await().exceptionOrNull())
    }

    @Test
    fun `who cannot be reached is told with a reason and an advice`() = test(way) {
        val client = client(NoServer) { maxRetries(0) }
        val failure = assertThrows<ConnectFailedException> { client.connect() }
        assertTrue(failure.reason.advice.isNotEmpty())
        assertEquals(failure.reason.code, failure.code)
        assertEquals(Disconnected(failure.reason), client.state.value)
    }

    @Test
    fun `disconnect before anything else is nothing`() = test(way) {
        val client = client(NoServer)
        client.disconnect()
        assertNull(assertInstanceOf<Disconnected>(client.state.value).reason)
    }
}

package dev.aldis

import app.cash.turbine.test
import dev.aldis.ConnectionState.Authenticated
import dev.aldis.support.BothWays
import dev.aldis.support.IgnisServer
import dev.aldis.support.Way
import dev.aldis.support.test
import dev.aldis.support.until
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeAll
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import kotlin.time.Duration.Companion.milliseconds

/** Against the real server, which keeps the order of messages in neither direction. */
@BothWays
internal class IgnisTest(private val way: Way) {
    @Test
    fun `connects, and knows who it is`() = test(way) {
        val client = client(ignis, "good-ann")
        val session = client.connect()
        assertEquals("ann", session.userId)
        assertTrue(session.encrypted)
        assertEquals(session.clientId, client.request<NoPayload, Who>("who", NoPayload).id)
    }

    @Test
    fun `requests find their replies in any order`() = test(way) {
        val client = connected(ignis, "good-ann")
        val replies =
            List(300) { n -> async { client.request<Numbered, Numbered>("echo", Numbered(n)) } }
        assertEquals(List(300, ::Numbered), replies.awaitAll())
    }

    @Test
    fun `a burst comes whole`() = test(way) {
        val client = connected(ignis, "good-ann")
        client.events<Numbered>("echo-many").test {
            client.send("echo-many", EchoMany(2_000, bytes = 100))
            assertEquals(List(2_000) { it }, List(2_000) { awaitItem().n }.sorted())
        }
    }

    @Test
    fun `a refusal carries the reply`() = test(way) {
        val client = connected(ignis, "good-ann")
        val failure =
            assertThrows<RequestException.Refused> { client.requestJson("no-such-event", "1") }
        assertEquals("""{"message":"Unknown event: no-such-event"}""", failure.reply.data)
    }

    @Test
    fun `a token that is refused ends connect`() = test(way) {
        val client = client(ignis, "bad")
        assertEquals(
            "auth_rejected",
            assertThrows<ConnectFailedException> { client.connect() }.code,
        )
    }

    @Test
    fun `any Unicode survives`() = test(way) {
        val client = connected(ignis, "good-ann")
        val text = Text("👩‍👩‍👧‍👦 שלום \u0000\u2028\uDBFF\uDFFF")
        assertEquals(text, client.request<Text, Text>("echo", text))
    }

    @Test
    fun `rooms are joined, left, and restored after a cut`() = test(way) {
        val proxy = proxy(ignis)
        val client = client(proxy, "good-ann") {
            rooms(
                "of the config",
            ).baseInterval(1.milliseconds).maxInterval(20.milliseconds).maxRetries(1_000)
        }
        val first = client.connect()
        client.join("joined", "left")
        client.leave("left")
        client.untilIn("of the config", "joined")
        client.events<Text>("said").test {
            proxy.cut("reset")
            val second = client.state
                .filterIsInstance<Authenticated>()
                .first { it.session != first }
                .session
            assertNotEquals(first.clientId, second.clientId)
            client.untilIn("of the config", "joined")
            client.request<ToRoom, NoPayload>("room", ToRoom("joined", "said", Text("again")))
            assertEquals(Text("again"), awaitItem())
        }
    }

    @Test
    fun `a server that closes is told apart from a line that broke`() = test(way) {
        val client = connected(ignis, "good-ann") { maxRetries(0).baseInterval(1.milliseconds) }
        client.sendJson("close", """{"code":4100,"reason":"enough"}""")
        client.state.first { it !is Authenticated }
        assertEquals(4100, client.stats().lastClose?.closeCode)
    }

    /** A join is checked asynchronously there, and not acknowledged. */
    private suspend fun SignalClient.untilIn(vararg rooms: String) = until {
        val now = request<NoPayload, Who>("who", NoPayload).rooms
        rooms.all { it in now } && "left" !in now
    }

    private companion object {
        lateinit var ignis: IgnisServer

        @BeforeAll
        @JvmStatic
        fun start() {
            ignis = runBlocking { IgnisServer.start() }
        }

        @AfterAll
        @JvmStatic
        fun end() = ignis.close()
    }
}

package dev.aldis

import app.cash.turbine.test
import dev.aldis.support.BothWays
import dev.aldis.support.Way
import dev.aldis.support.test
import dev.aldis.support.until
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

@BothWays
internal class RoomTest(private val way: Way) {
    @Test
    fun `members of a room get what is said in it`() = test(way) {
        val server = aldis()
        val ann = connected(server)
        val ben = connected(server, "ben")
        ann.join("lobby")
        ben.join("lobby")
        assertTrue("lobby" in ann.request<NoPayload, Who>("who", NoPayload).rooms)
        ann.events<Text>("said").test {
            ben.request<ToRoom, NoPayload>("room", ToRoom("lobby", "said", Text("hello")))
            assertEquals(Text("hello"), awaitItem())
        }
    }

    @Test
    fun `a room that was left is silent`() = test(way) {
        val client = connected(aldis()) { rooms("a") }
        client.join("b", "c")
        assertEquals(setOf("a", "b", "c"), client.rooms())
        client.leave(listOf("a", "b"))
        assertEquals(setOf("c"), client.rooms())
        // Not asserted right after the leave: a server may hold the leave of a room just joined.
        until { "b" !in client.request<NoPayload, Who>("who", NoPayload).rooms }
        val rooms = client.request<NoPayload, Who>("who", NoPayload).rooms
        assertFalse("a" in rooms)
        assertTrue("c" in rooms)
    }

    @Test
    fun `rooms that are joined before the connection stands are entered with it`() = test(way) {
        val client = client(aldis()) { rooms("of the config") }
        client.join(listOf("early", "🦊"))
        assertEquals(setOf("of the config", "early", "🦊"), client.rooms())
        client.connect()
        val rooms = client.request<NoPayload, Who>("who", NoPayload).rooms
        assertTrue(rooms.containsAll(listOf("of the config", "early", "🦊"))) { "$rooms" }
    }

    @Test
    fun `a name that cannot be a room's is refused with all of its list`() = test(way) {
        val client = connected(aldis())
        for (name in listOf("", "ws:mine", "x".repeat(257), "\uD83D")) {
            assertEquals(
                name,
                assertThrows<RoomException.InvalidName> { client.join("fine", name) }.name,
            )
        }
        assertEquals(emptySet<String>(), client.rooms())
    }

    @Test
    fun `rooms are bounded`() = test(way) {
        val client = client(aldis())
        client.join(List(10_000) { "room $it" })
        assertEquals("too_many_rooms", assertThrows<RoomException> { client.join("one more") }.code)
    }
}

package dev.aldis

import app.cash.turbine.test
import dev.aldis.support.BothWays
import dev.aldis.support.Way
import dev.aldis.support.test
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import kotlin.time.Duration
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.microseconds
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes

@BothWays
internal class TimeToLiveTest(private val way: Way) {
    @Test
    fun `a message that may wait goes out when the connection stands`() = test(way) {
        val client = client(aldis())
        client.messages("echo").test {
            client.send("echo", Numbered(0), ttl = 10.minutes)
            client.trySend("echo", Numbered(1), ttl = 10.minutes)
            client.sendJson("echo", """{"n":2}""", ttl = 10.minutes)
            assertEquals(3, client.stats().outboxMessages)
            client.connect()
            repeat(3) { n -> assertEquals("""{"n":$n}""", awaitItem().data) }
        }
    }

    @Test
    fun `a message that waited too long is told and never sent`() = test(way) {
        val client = client(aldis())
        client.reports().test {
            client.send("echo", Text("too late"), ttl = 20.milliseconds)
            val report = awaitItem()
            assertEquals("message_expired", report.code)
            assertTrue("echo" in report.message) { report.message }
        }
        assertEquals(1, client.stats().expired)
        client.messages().test {
            client.connect()
            client.send("echo", Text("in time"), ttl = 10.minutes)
            assertEquals("""{"text":"in time"}""", awaitItem().data)
        }
    }

    @Test
    fun `a time to live is positive and within a day`() = test(way) {
        val client = connected(aldis())
        for (ttl in listOf(
            Duration.ZERO,
            1.microseconds,
            (-1).milliseconds,
            2.days,
            Duration.INFINITE,
        )) {
            assertEquals(
                "invalid_ttl",
                assertThrows<SendException.InvalidTtl> {
                    client.sendJson("echo", "1", ttl)
                }.code,
            )
            assertThrows<SendException.InvalidTtl> { client.trySendJson("echo", "1", ttl) }
        }
        client.sendJson("echo", "1", 1.days)
        client.sendJson("echo", "1", 1.milliseconds)
    }
}

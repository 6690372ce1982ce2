package dev.aldis.bench

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** Orders and answers are written as the race writes and reads them. */
class OrderTest {
    @Test
    fun `orders are read`() {
        val orders =
            mapOf(
                """{"work":"receive","bytes":100,"lot":40000,"millis":500}""" to
                    Order.Receive(bytes = 100, lot = 40_000, millis = 500),
                """{"work":"send","bytes":100,"lot":40000,"millis":500}""" to
                    Order.Send(bytes = 100, lot = 40_000, millis = 500),
                """{"work":"echo","bytes":1024,"lot":1,"window":64,"millis":500}""" to
                    Order.Echo(bytes = 1024, lot = 1, window = 64, millis = 500),
                """{"work":"connect","lot":1,"millis":500}""" to
                    Order.Connect(lot = 1, millis = 500),
                """{"work":"hold","clients":100}""" to Order.Hold(clients = 100),
                """{"work":"first"}""" to Order.First,
            )
        for ((line, order) in orders) {
            assertEquals(order, Lines.decodeFromString<Order>(line))
        }
    }

    @Test
    fun `answers say what was measured, and nothing else`() {
        assertEquals(
            """{"count":80000,"wall":510000000}""",
            Lines.encodeToString(Reading(count = 80_000, wall = 510_000_000)),
        )
        assertEquals(
            """{"count":1,"wall":2,"p50":3,"p99":4,"allocatedBytes":5}""",
            Lines.encodeToString(
                Reading(count = 1, wall = 2, p50 = 3, p99 = 4, allocatedBytes = 5),
            ),
        )
    }
}

package dev.aldis

import app.cash.turbine.test
import dev.aldis.support.BothWays
import dev.aldis.support.Way
import dev.aldis.support.test
import dev.aldis.support.until
import kotlinx.coroutines.CoroutineStart.UNDISPATCHED
import kotlinx.coroutines.async
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What the app's code throws stays where it belongs. */
@BothWays
internal class BrokenAppTest(private val way: Way) {
    @Test
    fun `a listener that throws is told to the handler, and delivery goes on`() = test(way) {
        val client = connected(aldis())
        val heard = Channel<String>(Channel.UNLIMITED)
        client.addListener(
            object : SignalListener {
                override fun onMessage(message: Message) {
                    heard.trySend(message.data)
                    throw if (message.data == "1") {
                        AssertionError(
                            "an error",
                        )
                    } else {
                        IllegalStateException("an exception")
                    }
                }
            },
        )
        repeat(4) { client.sendJson("echo", "$it") }
        repeat(4) { assertEquals("$it", heard.receive()) }
        until { uncaught.size == 4 }
        assertEquals("an error", uncaught[1].message)
        assertEquals("an exception", uncaught[3].message)
        uncaught.clear()
    }

    @Test
    fun `a listener may throw in every callback`() = test(way) {
        val client = client(aldis())
        client.addListener(
            object : SignalListener {
                override fun onMessage(message: Message) = error("onMessage")

                override fun onState(state: ConnectionState) = error("onState ${state.name}")

                override fun onConnected(session: Session) = error("onConnected")

                override fun onReport(report: SignalReport) = error("onReport")
            },
        )
        client.connect()
        client.messages("echo").test {
            client.sendJson("echo", "1")
            assertEquals("1", awaitItem().data)
        }
        until { uncaught.any { it.message == "onMessage" } }
        val told = uncaught.map { it.message }
        assertEquals("onState connecting", told.first())
        assertTrue("onState authenticated" in told) { "$told" }
        assertTrue("onConnected" in told) { "$told" }
        assertEquals(0, client.stats().listenerFailures)
        uncaught.clear()
    }

    @Test
    fun `a handler that throws is ignored`() = test(way) {
        val client =
            client(aldis(), onUncaught = { throw AssertionError("the handler is broken too") })
        client.addListener(
            object : SignalListener {
                override fun onMessage(message: Message) = error("broken")
            },
        )
        client.connect()
        client.messages().test {
            repeat(3) {
                client.sendJson("echo", "$it")
                assertEquals("$it", awaitItem().data)
            }
        }
        assertEquals(0, client.stats().listenerFailures)
    }

    @Test
    fun `a collector that throws ends itself alone, and its exception is its own`() = test(way) {
        val client = connected(aldis())
        val broken = IllegalStateException("broken")
        val others = async(start = UNDISPATCHED) { client.messages("echo").take(3).toList() }
        val thrower = async(start = UNDISPATCHED) {
            runCatching { client.messages("echo").collect { throw broken } }
        }
        repeat(3) { client.sendJson("echo", "$it") }
        assertSame(broken, thrower.await().exceptionOrNull())
        assertEquals(listOf("0", "1", "2"), others.await().map { it.data })
    }

    @Test
    fun `an undecodable payload is reported without its words, and the flow goes on`() = test(way) {
        val client = connected(aldis())
        client.reports().test {
            val reports = this
            client.events<Text>("echo").test {
                val payloads =
                    listOf(
                        """{"secret":"psst"}""",
                        "[\"psst\"]",
                        "\"psst\"",
                        "null",
                        """{"text":{"psst":1}}""",
                    )
                for (payload in payloads) {
                    client.sendJson("echo", payload)
                    val report =
                        assertInstanceOf(
                            SignalReport.Undecodable::class.java,
                            reports.awaitItem(),
                        )
                    assertEquals("echo", report.event)
                    assertFalse("psst" in report.toString()) { "$report" }
                }
                client.send("echo", Text("fine"))
                assertEquals(Text("fine"), awaitItem())
                assertEquals(payloads.size, uncaught.size)
            }
        }
        for (exception in uncaught) {
            val shown = exception.stackTraceToString()
            assertEquals(
                "payload_undecodable",
                assertInstanceOf(UndecodablePayloadException::class.java, exception).code,
            )
            assertFalse("psst" in shown) { shown }
        }
        uncaught.clear()
    }

    @Test
    fun `a payload that is nested beyond reason is reported as well`() = test(way) {
        val client = connected(aldis())
        client.reports().test {
            val reports = this
            client.events<Tree>("echo").test {
                // As deep as the native side lets through.
                client.sendJson("echo", """{"child":""".repeat(100) + "{}" + "}".repeat(100))
                var depth = 0
                var tree: Tree? = awaitItem()
                while (tree != null) {
                    depth += 1
                    tree = tree.child
                }
                assertEquals(101, depth)
                reports.expectNoEvents()
            }
        }
    }
}

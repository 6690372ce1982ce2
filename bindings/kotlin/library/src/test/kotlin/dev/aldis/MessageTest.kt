package dev.aldis

import app.cash.turbine.test
import dev.aldis.support.BothWays
import dev.aldis.support.Way
import dev.aldis.support.test
import kotlinx.serialization.builtins.ListSerializer
import kotlinx.serialization.json.JsonPrimitive
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

@BothWays
internal class MessageTest(private val way: Way) {
    @Test
    fun `typed messages go out and come in`() = test(way) {
        val client = connected(aldis())
        client.events<Text>("echo").test {
            client.send("echo", Text("one"))
            client.trySend("echo", Text("two"))
            assertEquals(Text("one"), awaitItem())
            assertEquals(Text("two"), awaitItem())
        }
    }

    @Test
    fun `a serializer may be given`() = test(way) {
        val client = connected(aldis())
        val list = ListSerializer(Text.serializer())
        client.events("echo", list).test {
            client.send("echo", list, listOf(Text("one")))
            assertEquals(listOf(Text("one")), awaitItem())
            client.trySend("echo", list, listOf(Text("two")))
            assertEquals(listOf(Text("two")), awaitItem())
        }
        assertEquals(
            listOf(Text("three")),
            client.request("echo", list, listOf(Text("three")), list),
        )
        assertEquals(listOf(1, 2), client.requestJson("echo", "[1,2]").decode<List<Int>>())
    }

    @Test
    fun `a buffer has bounds`() {
        SignalClient(SignalConfig("ws://127.0.0.1/ws")).use { client ->
            for (buffer in listOf(0, -1, 1_000_001)) {
                assertThrows<IllegalArgumentException> { client.messages(buffer) }
                assertThrows<IllegalArgumentException> { client.messages("echo", buffer) }
                assertThrows<IllegalArgumentException> { client.events<Text>("echo", buffer) }
            }
        }
    }

    @Test
    fun `JSON goes out as it is, and comes in as it is`() = test(way) {
        val client = connected(aldis())
        val texts = listOf("null", "true", "-0.10e+2", "\"\"", "[ 1,2 ]", """{"b":1, "a":{}}""")
        client.messages().test {
            for (text in texts) {
                client.sendJson("echo", text)
                assertEquals(text, awaitItem().data)
                client.sendJson("echo", text.encodeToByteArray())
                assertEquals(text, awaitItem().data)
                client.trySendJson("echo", text)
                assertEquals(text, awaitItem().data)
            }
        }
    }

    @Test
    fun `a message has a name, a payload and no id`() = test(way) {
        val client = connected(aldis())
        client.messages().test {
            client.send("echo", Text("hello"))
            val message = awaitItem()
            assertEquals("echo", message.event)
            assertEquals("""{"text":"hello"}""", message.data)
            assertNull(message.id)
        }
    }

    @Test
    fun `a collector gets only the events that it asked for`() = test(way) {
        val client = connected(aldis())
        client.messages("who").test {
            client.send("echo", Text("not this"))
            client.send("who", NoPayload)
            assertEquals("who", awaitItem().event)
        }
    }

    @Test
    fun `every collector gets every event`() = test(way) {
        val client = connected(aldis())
        client.events<Text>("echo").test {
            val first = this
            client.messages("echo").test {
                client.send("echo", Text("both"))
                assertEquals(Text("both"), first.awaitItem())
                assertEquals("""{"text":"both"}""", awaitItem().data)
            }
        }
    }

    @Test
    fun `who collects before the connection stands misses nothing`() = test(way) {
        val server = aldis()
        val sender = connected(server, "ben")
        val client = client(server)
        client.messages("hello").test {
            client.connect()
            sender.requestJson("broadcast", """{"event":"hello","data":1}""")
            assertEquals("1", awaitItem().data)
        }
    }

    @Test
    fun `any Unicode survives both directions`() = test(way) {
        val client = connected(aldis())
        client.events<Text>("echo").test {
            for (text in UNICODE) {
                client.send("echo", Text(text))
                assertEquals(Text(text), awaitItem())
            }
        }
    }

    @Test
    fun `names of events may be any Unicode`() = test(way) {
        val client = connected(aldis())
        for (name in UNICODE.filter { it.isNotEmpty() }) {
            client.messages(name).test {
                val request = """{"event":${quoted(name)},"data":{}}"""
                client.requestJson("broadcast", request)
                assertEquals(name, awaitItem().event)
            }
        }
    }

    @Test
    fun `payloads of 90 kB go both directions`() = test(way) {
        val client = connected(aldis())
        val text = Text("x".repeat(90_000))
        client.events<Text>("echo").test {
            repeat(3) {
                client.send("echo", text)
                assertEquals(text, awaitItem())
            }
        }
    }

    @Test
    fun `a message from the server may be larger by far`() = test(way) {
        val client = connected(aldis())
        client.events<Text>("big").test {
            client.sendJson("big", """{"bytes":4000000}""")
            assertEquals(4_000_000, awaitItem().text.length)
        }
    }

    @Test
    fun `a message that is too large is refused with its size and the limit`() = test(way) {
        val client = connected(aldis())
        for (send in client.waysToSend()) {
            val failure =
                assertThrows<SendException.MessageTooLarge> {
                    send(
                        "echo",
                        "\"${"x".repeat(98_300)}\"",
                    )
                }
            assertEquals(98_240, failure.limit)
            // The payload, its quotes, and the envelope with the event's name.
            assertEquals("""{"event":"echo","data":""}""".length + 98_300L, failure.size)
        }
    }

    @Test
    fun `what is not JSON is refused`() = test(way) {
        val client = connected(aldis())
        for (text in listOf("", "{", "hello", "{} {}", "'a'", "NaN", "\u0000")) {
            for (send in client.waysToSend()) {
                assertEquals(
                    "payload_not_json",
                    assertThrows<SendException.InvalidPayload> {
                        send("echo", text)
                    }.code,
                )
            }
        }
        assertThrows<SendException.InvalidPayload> {
            client.sendJson("echo", byteArrayOf('"'.code.toByte(), -1, '"'.code.toByte()))
        }
    }

    @Test
    fun `half of a surrogate pair is refused, not replaced`() = test(way) {
        val client = connected(aldis())
        for (half in listOf("\uD83D", "\uDE00", "a\uD83Db")) {
            for (send in client.waysToSend()) {
                assertThrows<SendException.InvalidPayload> { send("echo", "\"$half\"") }
                assertThrows<SendException> { send(half, "1") }
            }
            assertThrows<SendException.InvalidPayload> { client.send("echo", Text(half)) }
        }
        assertEquals("{}", client.requestJson("echo", "{}").data)
    }

    @Test
    fun `names that belong to the protocol are refused`() = test(way) {
        val client = connected(aldis())
        val names =
            listOf("authenticate", "connected", "encrypted", "heartbeat", "join", "leave", "")
        for (name in names) {
            for (send in client.waysToSend()) {
                assertThrows<SendException.InvalidEvent> { send(name, "1") }
            }
        }
    }

    @Test
    fun `nothing is sent without a connection`() = test(way) {
        val client = client(aldis())
        for (send in client.waysToSend()) {
            assertEquals(
                "not_connected",
                assertThrows<SendException.NotConnected> { send("echo", "1") }.code,
            )
        }
        client.connect()
        client.disconnect()
        for (send in client.waysToSend()) {
            assertThrows<SendException.NotConnected> { send("echo", "1") }
        }
    }

    private fun SignalClient.waysToSend(): List<suspend (String, String) -> Unit> = listOf(
        { event, json -> sendJson(event, json) },
        { event, json -> trySendJson(event, json) },
    )

    private companion object {
        val UNICODE = listOf(
            "",
            "Grüße",
            "日本語",
            "שלום عليكم",
            "👩‍👩‍👧‍👦 🏳️‍🌈 😀",
            "e\u0301 \u00e9",
            "\u0000\u0001\u001f\u007f",
            "\"\\/\b\n\r\t",
            "\u2028\u2029\ufeff\ufffd\uffff",
            "\uDBFF\uDFFF",
        )

        fun quoted(text: String) = JsonPrimitive(text).toString()
    }
}

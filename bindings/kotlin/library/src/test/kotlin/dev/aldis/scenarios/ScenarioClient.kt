package dev.aldis.scenarios

import dev.aldis.ConnectionState
import dev.aldis.Message
import dev.aldis.Session
import dev.aldis.SignalClient
import dev.aldis.SignalListener
import dev.aldis.SignalReport
import dev.aldis.Stats
import dev.aldis.TokenProvider
import dev.aldis.TokenRequest
import dev.aldis.Who
import dev.aldis.support.until
import kotlinx.coroutines.channels.Channel
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long
import org.junit.jupiter.api.Assertions.assertEquals
import kotlin.time.Duration.Companion.minutes

/** A client of a scenario, and what it has told. */
internal class ScenarioClient(val client: SignalClient, private val tokens: ScriptedTokens?) {
    private val told = Channel<Any>(Channel.UNLIMITED)

    init {
        client.addListener(Recorder(told))
    }

    /** Takes what the client told until it is what the step looks for; returns all of it. */
    suspend fun expect(step: Fields, names: Names): JsonArray {
        val taken = mutableListOf<JsonObject>()
        do {
            val next = told.receive()
            val isFound = step.finds(next, names)
            taken += toJson(next, step["data"].takeIf { isFound })
        } while (!isFound)
        return JsonArray(taken)
    }

    suspend fun expectStats(expected: JsonObject): JsonObject {
        until {
            val stats = client.stats()
            expected.all { (name, value) -> stats.counter(name) == value.jsonPrimitive.long }
        }
        return buildJsonObject { put("stats", expected) }
    }

    suspend fun expectRooms(expected: List<String>): JsonObject {
        until { client.rooms() == expected.toSet() }
        return told("rooms", sorted(expected))
    }

    suspend fun expectWho(step: Fields, names: Names): JsonObject {
        val expected = step.texts("rooms")
        lateinit var who: Who
        until {
            who = client.requestJson("who", "null", REPLY_TIMEOUT).decode<Who>()
            val rooms = who.rooms - setOf("ws-default", "ws-notification", who.id)
            expected == null || rooms == expected.toSet()
        }
        step.textOrNull("user_id")?.let { assertEquals(it, who.userId) }
        step.textOrNull("client_id")?.let { names.bind(it, who.id) }
        return if (expected == null) nothing else told("rooms", sorted(expected))
    }

    suspend fun expectTokenRequests(expected: List<String>): JsonObject {
        until { tokens?.requests().orEmpty() == expected }
        return told("requests", expected)
    }

    private fun told(name: String, texts: List<String>) =
        JsonObject(mapOf(name to JsonArray(texts.map(::JsonPrimitive))))

    /** By code points, which the units of UTF-16 are not. */
    private fun sorted(texts: List<String>) = texts.distinct().sortedWith {
        a,
        b,
        ->
        java.util.Arrays.compareUnsigned(a.toByteArray(), b.toByteArray())
    }

    private companion object {
        /** Longer than the limit of a step, so that it is the step that ends first. */
        val REPLY_TIMEOUT = 10.minutes
    }
}

private class Recorder(private val told: Channel<Any>) : SignalListener {
    override fun onMessage(message: Message) = record(message)

    override fun onState(state: ConnectionState) = record(state)

    override fun onConnected(session: Session) = record(session)

    override fun onReport(report: SignalReport) = record(report)

    private fun record(item: Any) {
        told.trySend(item)
    }
}

/** What the table has for "there is no token". */
internal class NoToken : IllegalStateException("there is no token")

/** Gives one token after the other. */
internal class ScriptedTokens(private val tokens: List<String?>) : TokenProvider {
    private val requests = mutableListOf<String>()

    override suspend fun token(request: TokenRequest): String = synchronized(requests) {
        val token = tokens.getOrNull(requests.size)
        requests += request.name.lowercase()
        token ?: throw NoToken()
    }

    /** What it was asked so far. */
    fun requests(): List<String> = synchronized(requests) { requests.toList() }
}

private fun Stats.counter(name: String): Long = when (name) {
    "attempts" -> attempts
    "sessions" -> sessions
    "messages_received" -> messagesReceived
    "messages_sent" -> messagesSent
    "dropped" -> dropped.total
    "expired" -> expired
    "unsent" -> unsent
    "outbox_messages" -> outboxMessages
    else -> error("there is no counter $name")
}

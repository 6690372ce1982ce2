package dev.aldis.scenarios

import dev.aldis.Message
import dev.aldis.RequestException
import dev.aldis.Session
import dev.aldis.SignalClient
import dev.aldis.SignalException
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put
import org.junit.jupiter.api.Assertions.assertEquals
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes

/** What an operation that succeeded has to tell: a [Session], a [Message], or nothing. */
internal typealias Outcome = Result<Any>

/** Does what a step tells a client to do. */
internal suspend fun SignalClient.perform(step: Fields, names: Names): Any =
    when (step.text("do")) {
        "connect" -> connect()
        "disconnect" -> disconnect()
        "send" -> sendJson(step.text("event"), step.json(names), step.ttl())
        "try_send" -> trySendJson(step.text("event"), step.json(names), step.ttl())
        "request" -> requestJson(step.text("event"), step.json(names), step.timeout())
        "join" -> join(step.texts("rooms").orEmpty())
        "leave" -> leave(step.texts("rooms").orEmpty())
        "update_token" -> updateToken(step.text("token"))
        else -> tell(step)
    }

/** Tells the client what it does not answer to. */
private fun SignalClient.tell(step: Fields) = when (step.text("do")) {
    "close" -> close()
    "network_lost" -> networkLost()
    "network_available" -> networkAvailable()
    "suspended" -> suspended()
    "resumed" -> resumed()
    else -> error("there is no such step: $step")
}

private fun Fields.json(names: Names) = payload("data")?.toJson(names) ?: "null"

private fun Fields.ttl(): Duration? = long("ttl_ms")?.milliseconds

private fun Fields.timeout(): Duration = long("timeout_ms")?.milliseconds ?: 1.minutes

/** Fails unless an operation ended as the step wants it; returns how it ended. */
internal fun Fields.judge(outcome: Outcome, names: Names): JsonObject {
    val code = textOrNull("fails")
    val failure = outcome.exceptionOrNull()
    if (failure != null && (code == null || failure !is SignalException)) throw failure
    if (code != null) assertEquals(code, failure?.code)
    val ended = outcome.getOrNull()
    if (ended is Session) {
        assertSession(ended, names)
        return toJson(ended)
    }
    val reply = ended as? Message ?: (failure as? RequestException.Refused)?.reply
    return buildJsonObject {
        code?.let { put("fails", it) }
        if (ended is Message) put("event", ended.event)
        payload("reply")?.let {
            it.assertIs(checkNotNull(reply) { "no reply" }.data, names)
            put("reply", it.asWritten)
        }
    }
}

internal val nothing: JsonObject = JsonObject(emptyMap<String, JsonPrimitive>())

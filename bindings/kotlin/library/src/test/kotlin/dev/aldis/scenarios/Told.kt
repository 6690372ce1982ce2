package dev.aldis.scenarios

import dev.aldis.CloseReason
import dev.aldis.ConnectionState
import dev.aldis.ConnectionState.Disconnected
import dev.aldis.ConnectionState.Reconnecting
import dev.aldis.Message
import dev.aldis.Session
import dev.aldis.SignalReport
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put
import kotlinx.serialization.json.putJsonObject
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.fail

/** Whether [told] is what a step looks for; fails if it may not be passed over, or is not as the step wants it. */
internal fun Fields.finds(told: Any, names: Names): Boolean {
    val wanted = text("do")
    return when {
        wanted == "expect_state" && told is ConnectionState -> {
            (told.name == text("state")).also { if (it) assertState(told) }
        }

        wanted == "expect_session" && told is Session -> {
            assertSession(told, names)
            true
        }

        wanted == "expect_message" && told is Message -> {
            assertEquals(text("event"), told.event) { told.data }
            payload("data")?.assertIs(told.data, names)
            true
        }

        wanted == "expect_error" && told is SignalReport -> {
            assertEquals(text("code"), told.code) { told.message }
            true
        }

        told is ConnectionState || told is Session -> {
            false
        }

        else -> {
            fail("nobody expected $told")
        }
    }
}

private fun Fields.assertState(state: ConnectionState) {
    val reason = state.closeReason()
    textOrNull("reason")?.let { assertEquals(it, reason?.code) }
    long("close_code")?.let { assertEquals(it.toInt(), reason?.closeCode) }
    long("attempt")?.let { assertEquals(it.toInt(), (state as Reconnecting).attempt) }
    if ("retry_in_ms" in this) {
        val retryIn = (state as Reconnecting).retryInMillis
        assertEquals(textOrNull("retry_in_ms")?.toLong(), retryIn)
    }
}

internal fun Fields.assertSession(session: Session, names: Names) {
    textOrNull("user_id")?.let { assertEquals(it, session.userId) }
    textOrNull("encrypted")?.let { assertEquals(it.toBoolean(), session.encrypted) }
    textOrNull("client_id")?.let { names.bind(it, session.clientId) }
}

/** What a client told, as it is written down; a message with the step's payload. */
internal fun toJson(told: Any, data: JsonElement?): JsonObject = buildJsonObject {
    when (told) {
        is ConnectionState -> toJson(told).forEach { (name, value) -> put(name, value) }

        is Session -> put("session", toJson(told))

        is Message -> putJsonObject("message") {
            put("event", told.event)
            data?.let { put("data", it) }
        }

        is SignalReport -> put("error", told.code)
    }
}

internal fun toJson(session: Session): JsonObject = buildJsonObject {
    put("user_id", session.userId)
    put("encrypted", session.encrypted)
}

private fun toJson(state: ConnectionState) = buildJsonObject {
    put("state", state.name)
    state.closeReason()?.let { reason ->
        put("reason", reason.code)
        reason.closeCode?.let { put("close_code", it) }
    }
    if (state is Reconnecting) {
        put("attempt", state.attempt)
        put("retry_in_ms", state.retryInMillis)
    }
}

private fun ConnectionState.closeReason(): CloseReason? = when (this) {
    is Disconnected -> reason
    is Reconnecting -> reason
    else -> null
}

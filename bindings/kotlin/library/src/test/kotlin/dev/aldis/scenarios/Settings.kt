package dev.aldis.scenarios

import dev.aldis.SignalConfigBuilder
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.double
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long

/** Sets the settings that the table has for a client. */
internal fun SignalConfigBuilder.settings(settings: JsonObject) {
    settings.forEach { (name, value) ->
        val set = setters[name] ?: error("there is no setting $name")
        set(value)
    }
}

private val setters: Map<String, SignalConfigBuilder.(JsonElement) -> Unit> = mapOf(
    "token" to { token(it.textOrNull()) },
    "rooms" to { rooms(it.jsonArray.texts()) },
    "info" to { info(it.jsonPrimitive.content) },
    "key_field" to { keyField(it.jsonPrimitive.content) },
    "server_key" to { serverKey(it.jsonPrimitive.content) },
    "allow_plaintext" to { allowPlaintext(it.jsonPrimitive.boolean) },
    "heartbeat_interval_ms" to { heartbeatIntervalMillis(it.jsonPrimitive.long) },
    "pong_timeout_ms" to { pongTimeoutMillis(it.jsonPrimitive.long) },
    "probe_timeout_ms" to { probeTimeoutMillis(it.jsonPrimitive.long) },
    "max_retries" to { maxRetries(it.jsonPrimitive.int) },
    "base_interval_ms" to { baseIntervalMillis(it.jsonPrimitive.long) },
    "backoff_multiplier" to { backoffMultiplier(it.jsonPrimitive.double) },
    "max_interval_ms" to { maxIntervalMillis(it.jsonPrimitive.long) },
    "jitter" to { jitter(it.jsonPrimitive.boolean) },
    "max_outbox_messages" to { maxOutboxMessages(it.jsonPrimitive.int) },
    "max_pending_requests" to { maxPendingRequests(it.jsonPrimitive.int) },
    "max_frame_bytes" to { maxFrameBytes(it.jsonPrimitive.int) },
    "max_inbound_bytes" to { maxInboundBytes(it.jsonPrimitive.int) },
)

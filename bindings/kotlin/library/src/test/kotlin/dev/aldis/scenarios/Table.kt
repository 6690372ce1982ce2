package dev.aldis.scenarios

import dev.aldis.support.Programs
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long
import java.io.File

/** The table as it is written. Its schema is checked elsewhere. */
internal object Table {
    private val folder = File(Programs.root, "tests/scenarios")

    /** All scenarios, in the order of the table. */
    fun read(): List<Scenario> = folder
        .listFiles { file -> file.extension == "json" && file.name != "schema.json" }
        .orEmpty()
        .sortedBy { it.name }
        .flatMap { file ->
            val scenarios = Json.parseToJsonElement(file.readText()).jsonObject["scenarios"]
            scenarios?.jsonArray.orEmpty().map {
                Scenario(file.nameWithoutExtension, Fields(it.jsonObject))
            }
        }
}

internal class Scenario(theme: String, fields: Fields) {
    val name: String = "$theme: ${fields.text("name")}"
    val server: List<String> = fields.texts("server").orEmpty()
    val line: List<String> = fields.texts("line").orEmpty()
    val steps: List<Fields> =
        fields["steps"]?.jsonArray.orEmpty().map { Fields(it.jsonObject) }

    private val clients: Map<String, ClientSpec> =
        fields["clients"]?.jsonObject.orEmpty().mapValues {
            ClientSpec(
                Fields(it.value.jsonObject),
            )
        }

    val needsLine: Boolean get() = clients.values.any { it.isBehindLine }

    fun client(name: String): ClientSpec =
        clients[name] ?: ClientSpec(Fields(JsonObject(emptyMap())))
}

/** What is not the default of a client. */
internal class ClientSpec(fields: Fields) {
    val isBehindLine: Boolean = fields.textOrNull("via") == "line"
    val path: String = fields.textOrNull("path") ?: "/ws"
    val trustsLine: Boolean = fields["trusts_line"]?.jsonPrimitive?.boolean ?: false
    val config: JsonObject = fields["config"]?.jsonObject ?: JsonObject(emptyMap())

    /** What the provider gives at each call, null for a failure; null without a provider. */
    val tokens: List<String?>? = fields["tokens"]?.jsonArray?.map { it.textOrNull() }
}

/** The fields of a JSON object, by what they hold. */
internal class Fields(private val fields: JsonObject) {
    operator fun contains(name: String): Boolean = name in fields

    operator fun get(name: String): JsonElement? = fields[name]

    fun text(name: String): String = fields.getValue(name).jsonPrimitive.content

    fun textOrNull(name: String): String? = fields[name]?.textOrNull()

    fun texts(name: String): List<String>? = fields[name]?.jsonArray?.texts()

    fun long(name: String): Long? = fields[name]?.jsonPrimitive?.long

    /** A payload; null where the step has none. */
    fun payload(name: String): Payload? = fields[name]?.let(::Payload)

    override fun toString(): String = fields.toString()
}

internal fun JsonArray.texts(): List<String> = map { it.jsonPrimitive.content }

internal fun JsonElement.textOrNull(): String? =
    if (this is JsonNull) null else jsonPrimitive.content

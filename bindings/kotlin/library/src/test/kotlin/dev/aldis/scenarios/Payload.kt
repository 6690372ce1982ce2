package dev.aldis.scenarios

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonPrimitive
import org.junit.jupiter.api.Assertions.assertEquals

/**
 * A payload of the table: a value, or JSON text that is taken by the letter.
 *
 * @property asWritten the payload as the step has it.
 */
internal class Payload(val asWritten: JsonElement) {
    private val verbatim: String? =
        (asWritten as? JsonObject)
            ?.takeIf { it.size == 1 }
            ?.get("\$json")
            ?.jsonPrimitive
            ?.content

    /** What is sent. */
    fun toJson(names: Names): String = verbatim ?: names.resolve(asWritten).toString()

    fun assertIs(came: String, names: Names) {
        if (verbatim != null) {
            assertEquals(verbatim, came)
        } else {
            assertEquals(names.resolve(asWritten), Json.parseToJsonElement(came))
        }
    }
}

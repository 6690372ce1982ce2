package dev.aldis.scenarios

import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse

/** Names for ids that are known only when a scenario runs, with their `$`. */
internal class Names {
    private val ids = mutableMapOf<String, String>()

    /** Gives an id to a name that has none; one that has an id has to have this one. */
    fun bind(name: String, id: String) {
        val known = ids[name]
        if (known != null) {
            assertEquals(known, id) { name }
        } else {
            assertFalse(id in ids.values) { "$name is one of $ids" }
            ids[name] = id
        }
    }

    /** A value with ids in place of their names. */
    fun resolve(value: JsonElement): JsonElement = when (value) {
        is JsonObject -> JsonObject(value.mapValues { resolve(it.value) })
        is JsonArray -> JsonArray(value.map(::resolve))
        is JsonPrimitive -> if (isName(value)) JsonPrimitive(ids.getValue(value.content)) else value
    }

    private fun isName(value: JsonPrimitive) = value.isString && value.content.startsWith("$")
}

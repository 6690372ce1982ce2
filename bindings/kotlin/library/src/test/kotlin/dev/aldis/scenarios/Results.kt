package dev.aldis.scenarios

import dev.aldis.support.Programs
import dev.aldis.support.Way
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put
import java.io.File

/** The file with what the scenarios saw on a way, begun anew. */
internal class Results(way: Way) {
    private val file = File(Programs.root, "target/scenarios/kotlin-${way.name.lowercase()}.jsonl")

    init {
        file.parentFile.mkdirs()
        file.writeText("")
    }

    fun add(scenario: String, steps: JsonArray) {
        val line = buildJsonObject {
            put("scenario", scenario)
            put("steps", steps)
        }
        file.appendText("$line\n")
    }
}

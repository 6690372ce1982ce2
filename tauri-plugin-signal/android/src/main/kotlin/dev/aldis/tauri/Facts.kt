package dev.aldis.tauri

import app.tauri.plugin.Channel
import app.tauri.plugin.JSObject

/**
 * Tells Rust what the system tells, as it comes: what follows from it is decided there, by
 * `src/phone`, whose names these are. Any thread may tell.
 */
internal class Facts(private val channel: Channel) {
    fun tell(type: String, vararg details: Pair<String, Any>) {
        val fact = JSObject()
        fact.put("type", type)
        for ((name, value) in details) fact.put(name, value)
        channel.send(fact)
    }
}

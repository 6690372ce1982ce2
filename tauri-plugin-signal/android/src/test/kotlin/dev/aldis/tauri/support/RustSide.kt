package dev.aldis.tauri.support

import app.tauri.plugin.PluginManager
import org.json.JSONObject
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import java.util.concurrent.BlockingQueue
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit.SECONDS

/** Tauri's side in Rust, which the two native methods lead to: here they lead into queues. */
@Implements(PluginManager::class)
internal class RustSide {
    @Implementation
    fun handlePluginResponse(id: Int, success: String?, error: String?) {
        answers += Answer(id, success, error)
    }

    @Implementation
    fun sendChannelData(id: Long, data: String) {
        told += id to JSONObject(data)
    }

    internal data class Answer(val id: Int, val success: String?, val error: String?)

    internal companion object {
        val answers: BlockingQueue<Answer> = LinkedBlockingQueue()
        val told: BlockingQueue<Pair<Long, JSONObject>> = LinkedBlockingQueue()
        private var commands = 0

        /** Runs a command as Rust does, by its name, and returns the answer. */
        fun run(command: String, arguments: String = "null"): Answer {
            val id = commands++
            PluginManager.runCommand(id, "signal", command, arguments)
            val answer = checkNotNull(answers.poll(PATIENCE_S, SECONDS)) { "no answer" }
            check(answer.id == id) { "$answer is not of $id" }
            return answer
        }

        /** What was told by a channel meanwhile, with its fields in the order of the alphabet. */
        fun news(channel: Long): List<String> {
            val all = mutableListOf<Pair<Long, JSONObject>>()
            told.drainTo(all)
            return all.filter { it.first == channel }.map { (_, fact) ->
                fact
                    .keys()
                    .asSequence()
                    .sorted()
                    .joinToString { "$it: ${fact[it]}" }
            }
        }

        /** Long enough for a busy machine; a test that passes never waits for it. */
        private const val PATIENCE_S = 30L
    }
}

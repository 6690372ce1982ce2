package dev.aldis.examples.chat

import dev.aldis.ConnectionState
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelChildren
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlin.time.Duration.Companion.seconds

/**
 * `Demo ALDIS_PROGRAM`: a server, a line to it that fails on command, and two people who chat over
 * that line. Everything stays on this machine.
 */
suspend fun main(args: Array<String>) {
    val program = args.single()
    Child(program, "serve", "--listen", "127.0.0.1:0", "--until-eof", "--json").use { server ->
        val url = server.read("url")
        Child(program, "proxy", "--upstream", url.substringAfter("//").substringBefore("/")).use {
            line ->
            withTimeout(60.seconds) {
                play(url.replace(Regex("//[^/]*"), "//${line.read("addr")}"), line)
            }
        }
    }
    println(
        "\n✓ Two Kotlin clients chatted over an encrypted connection, lost it, and found each other again.",
    )
}

private suspend fun play(url: String, line: Child) = coroutineScope {
    val seen = MutableSharedFlow<String>(replay = 100)
    val show = { line: String ->
        println("  $line")
        seen.tryEmit(line)
    }
    Chat(url, "ann", "lobby") { show("ann  │ $it") }.use { ann ->
        Chat(url, "ben", "lobby") { show("ben  │ $it") }.use { ben ->
            step("Ann and Ben connect through $url")
            for (person in listOf(ann, ben)) {
                person.enter(this)
                person.rooms()
            }
            step("They talk; each message is encrypted for the server and again for each of them")
            ann.say("Can you see the lamp?")
            seen.first { it == "ben  │ ann: Can you see the lamp?" }
            ben.say("Clearly 🔦")
            seen.first { it == "ann  │ ben: Clearly 🔦" }

            step("The line is cut")
            val before = setOf(ann, ben).map { it.session() }
            line.write("""{"cmd":"cut","how":"reset"}""")
            for (person in listOf(ann, ben)) {
                person.state.first { it is ConnectionState.Authenticated && it.session !in before }
                person.rooms()
            }
            step("They are back in their room, with new keys, and talk on")
            ben.say("Still there?")
            seen.first { it == "ann  │ ben: Still there?" }
        }
    }
    coroutineContext.cancelChildren()
}

private fun Chat.session() = (state.value as ConnectionState.Authenticated).session

private fun step(text: String) = println("\n▸ $text")

/** A child process that speaks JSON lines, and ends with its input. */
private class Child(vararg command: String) : AutoCloseable {
    private val process =
        ProcessBuilder(*command).redirectError(ProcessBuilder.Redirect.INHERIT).start()
    private val lines = process.inputStream.bufferedReader()

    /** A field of its next line. */
    suspend fun read(field: String): String = withContext(Dispatchers.IO) {
        val line = checkNotNull(lines.readLine()) { "${process.info().command()} ended early" }
        Json
            .parseToJsonElement(line)
            .jsonObject
            .getValue(field)
            .jsonPrimitive.content
    }

    fun write(line: String) {
        process.outputStream.run {
            write("$line\n".toByteArray())
            flush()
        }
    }

    override fun close() {
        process.outputStream.close()
        process.waitFor()
    }
}

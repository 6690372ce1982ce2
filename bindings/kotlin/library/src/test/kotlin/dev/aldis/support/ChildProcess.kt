package dev.aldis.support

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonObject
import java.io.File
import java.util.concurrent.TimeUnit.SECONDS

/**
 * A program that talks in lines of JSON, and that ends when its standard input does: also when this
 * process is killed. What it has to say to people goes to standard error, which is ours.
 */
class ChildProcess(command: List<String>, folder: File) : AutoCloseable {
    private val name = File(command.first()).name + " " + command.drop(1).joinToString(" ")
    private val process = ProcessBuilder(command)
        .directory(folder)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start()
    private val input = process.outputStream.bufferedWriter()
    private val output = process.inputStream.bufferedReader()

    suspend fun readLine(): JsonObject = withContext(Dispatchers.IO) {
        val line = output.readLine() ?: error("$name ended with exit code ${process.waitFor()}")
        Json.parseToJsonElement(line).jsonObject
    }

    suspend fun writeLine(line: JsonObject): Unit = withContext(Dispatchers.IO) {
        input.write("$line\n")
        input.flush()
    }

    /** Ends it as `kill -9` does. */
    fun kill() {
        process.destroyForcibly().waitFor()
    }

    override fun close() {
        if (process.isAlive) {
            input.close()
        }
        if (!process.waitFor(20, SECONDS)) {
            kill()
            error("$name did not end when its input did")
        }
    }
}

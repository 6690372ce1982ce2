package dev.aldis.bench

import java.time.Duration
import java.util.concurrent.TimeUnit

/** A process that is asked by lines and answers by lines, and ends when its input does. */
internal class ChildProcess(private val name: String, command: List<String>) : AutoCloseable {
    private val process =
        ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start()
    private val input = process.outputStream.bufferedWriter()
    private val output = process.inputStream.bufferedReader()

    /** CPU time used so far, by all threads. */
    val cpu: Duration
        get() = process.info().totalCpuDuration().orElse(Duration.ZERO)

    /** The next line that it prints. */
    fun readLine(): String = output.readLine() ?: error("$name ended early")

    /** Asks, and waits for the answer. */
    fun ask(line: String): String {
        input.appendLine(line)
        input.flush()
        return readLine()
    }

    override fun close() {
        input.close()
        if (!process.waitFor(END_WITHIN_S, TimeUnit.SECONDS)) process.destroyForcibly()
    }

    private companion object {
        const val END_WITHIN_S = 10L
    }
}

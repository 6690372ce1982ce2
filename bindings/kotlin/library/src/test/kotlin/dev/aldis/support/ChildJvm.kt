package dev.aldis.support

import java.io.File
import java.io.InputStream
import java.util.concurrent.CompletableFuture
import java.util.concurrent.Future
import java.util.concurrent.TimeUnit.SECONDS
import kotlin.concurrent.thread

/** How a Java program ended. */
class Outcome(val exitCode: Int, val out: String, val err: String) {
    override fun toString() = "exit code $exitCode\n--- out\n$out\n--- err\n$err"
}

/** Runs a `main` in a process of its own, to its end. */
object ChildJvm {
    private val java = File(System.getProperty("java.home"), "bin/java").path

    /** Runs a `main` of these tests, with all that they have. */
    fun run(
        main: Class<*>,
        options: List<String> = emptyList(),
        arguments: List<String> = emptyList(),
        environment: Map<String, String> = emptyMap(),
    ): Outcome {
        val classPath = System.getProperty("java.class.path")
        return run(main.name, classPath, options, arguments, environment)
    }

    /** Runs a `main` of a class path of its own. */
    fun run(
        main: String,
        classPath: String,
        options: List<String> = emptyList(),
        arguments: List<String> = emptyList(),
        environment: Map<String, String> = emptyMap(),
    ): Outcome {
        val command = listOf(java, "-cp", classPath) + options + main + arguments
        val builder = ProcessBuilder(command)
        builder.environment() += environment
        val process = builder.start()
        process.outputStream.close()
        val (out, err) = listOf(process.inputStream, process.errorStream).map(::reading)
        val ended = process.waitFor(ENDS_WITHIN_S, SECONDS)
        process.destroyForcibly().waitFor()
        val outcome = Outcome(process.exitValue(), out.get(), err.get())
        check(ended) { "$main does not end: $outcome" }
        return outcome
    }

    private fun reading(stream: InputStream): Future<String> {
        val text = CompletableFuture<String>()
        thread { text.complete(stream.bufferedReader().readText()) }
        return text
    }

    private const val ENDS_WITHIN_S = 60L
}

package dev.aldis.support

import java.io.File
import java.util.concurrent.TimeUnit.SECONDS
import kotlin.concurrent.thread

/** How a Java program ended. */
internal class Outcome(val exitCode: Int, val out: String, val err: String) {
    override fun toString() = "exit code $exitCode\n--- out\n$out\n--- err\n$err"
}

/** Runs a `main` of these tests in a process of its own, to its end. */
internal object ChildJvm {
    private val java = File(System.getProperty("java.home"), "bin/java").path

    fun run(
        main: Class<*>,
        options: List<String> = emptyList(),
        arguments: List<String> = emptyList(),
    ): Outcome {
        val classPath = System.getProperty("java.class.path")
        val command = listOf(java, "-cp", classPath) + options + main.name + arguments
        val process = ProcessBuilder(command).start()
        process.outputStream.close()
        lateinit var err: String
        val reader = thread { err = process.errorStream.bufferedReader().readText() }
        val out = process.inputStream.bufferedReader().readText()
        check(process.waitFor(ENDS_WITHIN_S, SECONDS)) {
            process.destroyForcibly()
            "${main.name} does not end"
        }
        reader.join()
        return Outcome(process.exitValue(), out, err)
    }

    private const val ENDS_WITHIN_S = 90L
}

package dev.aldis.tests.consumer

import java.io.File
import java.io.IOException

/** A program of Android's SDK, as Debian packages it, or of the JDK. */
internal class Tool(private val program: String, private val debian: String? = null) {
    /** Runs it, and returns what it printed. */
    fun run(vararg arguments: String): String {
        val process = try {
            ProcessBuilder(listOf(program) + arguments).redirectErrorStream(true).start()
        } catch (e: IOException) {
            val hint = debian?.let { "; install Debian's package `$it`: apt-get install $it" }
            throw IllegalStateException("$program is missing${hint.orEmpty()}", e)
        }
        process.outputStream.close()
        val output = process.inputStream.bufferedReader().readText()
        val status = process.waitFor()
        check(
            status == 0,
        ) { "$program ${arguments.joinToString(" ")} ended with $status:\n$output" }
        return output
    }

    companion object {
        val aapt2 = Tool("aapt2", "aapt")
        val apksigner = Tool("apksigner", "apksigner")
        val zipalign = Tool("zipalign", "zipalign")
        val keytool = Tool(File(System.getProperty("java.home"), "bin/keytool").path)
    }
}

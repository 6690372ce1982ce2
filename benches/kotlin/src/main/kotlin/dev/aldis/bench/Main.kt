package dev.aldis.bench

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import kotlin.system.exitProcess

private const val USAGE =
    """usage: MainKt CONTESTANT URL

Reads an order a line, does it against the server at URL, and answers with a line."""

/**
 * The process of one contestant. It ends with its input, or when work fails.
 *
 * A process of its own for each contestant, because the JIT compiles the code that they share,
 * kotlinx.serialization above all, for all that has run through it.
 */
internal fun main(arguments: Array<String>) {
    val create = arguments.firstOrNull()?.let(contestants::get)
    if (create == null || arguments.size != 2) {
        System.err.println("$USAGE\nContestants are ${contestants.keys.joinToString()}.")
        exitProcess(2)
    }
    try {
        runBlocking(Dispatchers.Default) {
            Worker(arguments[1], create).use { worker ->
                for (line in generateSequence(::readlnOrNull)) println(worker.answer(line))
            }
        }
    } catch (e: Throwable) {
        System.err.println("${arguments[0]}: ${e.stackTraceToString()}")
        // Threads of the contestant may be left.
        exitProcess(1)
    }
}

package dev.aldis.bench

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.Json

/**
 * The process of one contestant: reads an [Order] from each line of its input and answers with a
 * [Reading]. It ends with its input, or when a task fails.
 *
 * A process of its own for each contestant, because the JIT compiles the code that they share,
 * kotlinx.serialization above all, for all that has run through it.
 */
internal fun work(entry: Entry, url: String) = runBlocking(Dispatchers.Default) {
    entry.create().use { contestant ->
        contestant.connect(url)
        for (line in generateSequence(::readlnOrNull)) {
            println(Json.encodeToString(contestant.measure(Json.decodeFromString<Order>(line))))
        }
    }
}

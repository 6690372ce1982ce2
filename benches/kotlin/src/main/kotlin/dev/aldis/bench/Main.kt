package dev.aldis.bench

import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json
import java.io.File
import kotlin.system.exitProcess

private const val USAGE =
    """usage: bench SERVER [--quick] [--json FILE] [--only NAME,NAME]

Races clients against SERVER, which is crates/server/examples/flood.rs. scripts/bench-kotlin builds
all of it and starts this."""

private const val SMALL = 100
private const val MEDIUM = 1024
private const val LARGE = 16 * 1024

/** What each contestant does in each round. */
private val tasks: List<Task> = run {
    // Small enough for a slow client to end in time, and so large that the end of one is no matter.
    val receive = mapOf(SMALL to 40_000, MEDIUM to 20_000, LARGE to 2_000)
    val send = mapOf(SMALL to 20_000, MEDIUM to 10_000, LARGE to 1_000)
    val echo = listOf(SMALL, MEDIUM, LARGE).associateWith { 1 }
    val lots = mapOf(Work.RECEIVE to receive, Work.SEND to send, Work.ECHO to echo)
    lots.flatMap { (work, lots) -> lots.map { (bytes, lot) -> Task(work, bytes, lot) } }
}

/** Everything that was measured, and where. */
@Serializable
private class Recording(
    val java: String,
    val processors: Int,
    val pinned: Boolean,
    val findings: List<Finding>,
    val results: List<Result>,
)

private class Options(arguments: List<String>) {
    var quick: Boolean = false
    var json: File? = null
    var entries: List<Entry> = dev.aldis.bench.entries
    val server: File

    init {
        val rest = arguments.iterator()
        var server: File? = null
        while (rest.hasNext()) {
            when (val argument = rest.next()) {
                "--quick" -> quick = true
                "--json" -> json = File(rest.value())
                "--only" -> entries = rest.value().split(',').map(::entry)
                else -> server = File(argument.also { require(!it.startsWith("--")) { USAGE } })
            }
        }
        this.server = requireNotNull(server) { USAGE }
    }
}

private fun Iterator<String>.value(): String {
    require(hasNext()) { USAGE }
    return next()
}

private fun entry(name: String): Entry = requireNotNull(entries.find { it.name == name }) {
    "unknown: $name. Known are ${entries.joinToString { it.name }}."
}

private fun race(options: Options) {
    val plan =
        if (options.quick) {
            Plan(forks = 1, warmUps = Rounds(1, 800), rounds = Rounds(3, 250), tasks)
        } else {
            Plan(forks = 2, warmUps = Rounds(2, 1_000), rounds = Rounds(3, 500), tasks)
        }
    val pinning = Pinning.detect()
    if (!pinning.isPinned) System.err.println("without taskset and two cores: less exact")
    val race = Race(options.server, pinning) { System.err.println("  $it") }
    val results = race.run(plan, options.entries)
    val findings = findings(results)
    println(table(findings))
    val recording =
        Recording(
            java = System.getProperty("java.vm.version"),
            processors = Runtime.getRuntime().availableProcessors(),
            pinned = pinning.isPinned,
            findings = findings,
            results = results,
        )
    options.json?.writeText(Json.encodeToString(recording))
}

/** Races, or is one contestant's process. */
internal fun main(arguments: Array<String>) {
    try {
        if (arguments.firstOrNull() == "--work") {
            work(entry(arguments[1]), url = arguments[2])
        } else {
            race(Options(arguments.asList()))
        }
    } catch (error: IllegalArgumentException) {
        System.err.println(error.message)
        exitProcess(2)
    }
}

package dev.aldis.bench

import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json
import java.io.File

/** So many times all tasks, each for so long. */
internal class Rounds(val count: Int, val millis: Int)

/** How long to race. */
internal class Plan(
    /** Processes of each contestant, one after the other: what the JIT makes differs by process. */
    val forks: Int,
    /** What each process does before anything counts. */
    val warmUps: Rounds,
    /** What counts. */
    val rounds: Rounds,
    val tasks: List<Task>,
)

/** What one contestant did in one round. */
@Serializable
internal data class Result(
    val contestant: String,
    val fork: Int,
    val round: Int,
    val task: Task,
    val reading: Reading,
    /** Nanoseconds of the server's CPU time, in steps of 10 ms. */
    val serverCpu: Long,
)

/** The server's process. */
private class Server(program: File, prefix: List<String>) : AutoCloseable {
    private val process = ChildProcess("the server", prefix + program.path)
    val url: String = Json.decodeFromString<Listening>(process.readLine()).url
    val cpuNanos: Long get() = process.cpu.toNanos()

    override fun close() = process.close()
}

@Serializable
private class Listening(val url: String)

/**
 * Lets the contestants race: each in a process of its own, all against one server, one at a time
 * and by turns, so that what changes on the machine meanwhile meets all of them.
 */
internal class Race(
    private val serverProgram: File,
    private val pinning: Pinning,
    private val progress: (String) -> Unit,
) {
    fun run(plan: Plan, entries: List<Entry>): List<Result> =
        Server(serverProgram, pinning.server).use { server ->
            (1..plan.forks).flatMap { fork ->
                val workers = entries.associateWith { start(it, server.url) }
                try {
                    rounds(plan, fork, workers, server)
                } finally {
                    workers.values.forEach(ChildProcess::close)
                }
            }
        }

    private fun rounds(
        plan: Plan,
        fork: Int,
        workers: Map<Entry, ChildProcess>,
        server: Server,
    ): List<Result> {
        val of = "processes $fork of ${plan.forks}"
        repeat(plan.warmUps.count) {
            progress("$of, warm-up ${it + 1} of ${plan.warmUps.count}")
            for (task in plan.tasks) {
                val order = Json.encodeToString(Order(task, plan.warmUps.millis))
                workers.values.forEach { worker -> worker.ask(order) }
            }
        }
        return (1..plan.rounds.count).flatMap { round ->
            progress("$of, round $round of ${plan.rounds.count}")
            plan.tasks.flatMap { task ->
                val order = Json.encodeToString(Order(task, plan.rounds.millis))
                workers.map { (entry, worker) ->
                    val serverCpu = server.cpuNanos
                    val reading = Json.decodeFromString<Reading>(worker.ask(order))
                    Result(entry.name, fork, round, task, reading, server.cpuNanos - serverCpu)
                }
            }
        }
    }

    private fun start(entry: Entry, url: String): ChildProcess {
        val java = File(System.getProperty("java.home"), "bin/java").path
        val classPath = listOf("-cp", System.getProperty("java.class.path"))
        val options = JVM_OPTIONS + entry.jvmOptions
        val main = listOf("dev.aldis.bench.MainKt", "--work", entry.name, url)
        return ChildProcess(entry.name, pinning.worker + java + options + classPath + main)
    }

    private companion object {
        /** The collector that a JVM with one core chooses by itself, and memory that is all there. */
        val JVM_OPTIONS =
            listOf("-XX:+UseSerialGC", "-Xms512m", "-Xmx512m", "-Xmn256m", "-XX:+AlwaysPreTouch")
    }
}

/** What to put before a command so that it runs on a core of its own. */
internal class Pinning private constructor(val server: List<String>, val worker: List<String>) {
    val isPinned: Boolean get() = server.isNotEmpty()

    internal companion object {
        /** The server on the first core and the JVM on the second, where the system can do that. */
        fun detect(): Pinning =
            if (works("taskset", "--cpu-list", "0,1", "true")) Pinning(on(0), on(1)) else none()

        fun none(): Pinning = Pinning(emptyList(), emptyList())

        private fun on(core: Int) = listOf("taskset", "--cpu-list", core.toString())

        private fun works(vararg command: String): Boolean =
            runCatching { ProcessBuilder(*command).start().waitFor() == 0 }.getOrDefault(false)
    }
}

package dev.aldis.support

import java.io.File

/** What the tests need besides the library, and how to get what is missing. */
object Programs {
    /** The root of the repository. */
    val root: File = generateSequence(File("").absoluteFile) { it.parentFile }
        .firstOrNull { File(it, "uniffi.toml").exists() }
        ?: error("no uniffi.toml from the working directory upwards: where is the repository?")

    /** The `aldis` program: a server, and a line that fails on command. */
    val aldis: File by lazy {
        val program = System
            .getenv(
                "ALDIS_PROGRAM",
            )?.let(::File) ?: File(root, "target/debug/aldis")
        check(program.canExecute()) {
            "$program is missing; run `cargo build -p aldis-cli`, or name one in ALDIS_PROGRAM"
        }
        program
    }

    /** The folder of the real IGNIS server. */
    val ignis: File = File(root, "tests/interop/ignis")

    /** What runs it. */
    val bun: File by lazy {
        val isInstalled = File(
            ignis,
            "node_modules/.aldis-installed",
        ).exists() && isInPath("redis-server")
        check(
            isInstalled,
        ) { "Bun, its packages or Redis are missing; run `tests/interop/ignis/setup`" }
        File(ignis, "node_modules/.bin/bun")
    }

    private fun isInPath(program: String) =
        System.getenv("PATH").split(File.pathSeparator).any { File(it, program).isFile }
}

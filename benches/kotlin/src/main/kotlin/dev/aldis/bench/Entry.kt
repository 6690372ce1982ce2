package dev.aldis.bench

import dev.aldis.bench.aldis.Aldis
import dev.aldis.bench.aldis.AldisListener
import dev.aldis.bench.okhttp.OkHttpJca

/** A contestant's name, how to make one, and what its JVM is told besides. */
internal class Entry(
    val name: String,
    val jvmOptions: List<String> = emptyList(),
    val create: () -> Contestant,
)

/** The contestant that ours is compared with. */
internal const val BASELINE: String = "okhttp-jca"

/** Ours. */
internal const val OURS: String = "aldis"

/** All contestants. */
internal val entries: List<Entry> =
    listOf(
        Entry(BASELINE) { OkHttpJca() },
        Entry(OURS) { Aldis() },
        Entry("aldis-listener") { AldisListener() },
        // What crosses the boundary by UniFFI alone, without the lane of JNI.
        Entry("aldis-uniffi", listOf("-Ddev.aldis.lane=off")) { Aldis() },
    )

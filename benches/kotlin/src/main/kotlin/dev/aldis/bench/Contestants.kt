package dev.aldis.bench

import dev.aldis.bench.aldis.AldisFlow
import dev.aldis.bench.aldis.AldisListener
import dev.aldis.bench.ktor.KtorCio
import dev.aldis.bench.okhttp.OkHttpJca

/** All contestants, by their names. */
internal val contestants: Map<String, () -> Contestant> =
    mapOf(
        "aldis-flow" to { Contestant { AldisFlow.connect(it) } },
        "aldis-listener" to { Contestant { AldisListener.connect(it) } },
        // Its process is started with -Ddev.aldis.lane=off, which the library reads.
        "aldis-uniffi" to { Contestant { AldisFlow.connect(it) } },
        "okhttp-jca" to { OkHttpJca(checked = true) },
        "okhttp-jca-unchecked" to { OkHttpJca(checked = false) },
        "ktor-cio" to { KtorCio() },
    )

package dev.aldis.support

import kotlinx.coroutines.delay
import kotlin.time.Duration.Companion.milliseconds

/** Waits for what nothing tells of. The guard of the test bounds it. */
suspend fun until(condition: suspend () -> Boolean) {
    while (!condition()) {
        delay(1.milliseconds)
    }
}

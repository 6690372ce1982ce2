package dev.aldis.bench

/** A JVM that does nothing until its input ends: what an idle connection is measured beside. */
internal fun main() {
    while (System.`in`.read() >= 0) {
        // What comes does not matter.
    }
}

package dev.aldis.support

/** What a client may not leave behind when it was closed. */
object Leftovers {
    /** The maps by which native code finds objects of Kotlin, in the generated binding and ours. */
    private val handleMaps = listOf(
        "ffi.AldisKt" to "uniffiContinuationHandleMap",
        "ffi.AldisKt" to "uniffiForeignFutureHandleMap",
        "ffi.FfiConverterTypeSignalListener" to "handleMap",
        "ffi.FfiConverterTypeTokenProvider" to "handleMap",
        "internal.Lane" to "ends",
    )

    /** The threads of the native library. */
    val threads: List<Thread>
        get() = Thread.getAllStackTraces().keys.filter { it.name.startsWith("aldis-") }

    /** Objects of Kotlin that native code holds, by where they are held. */
    val handles: Map<String, Int>
        get() = handleMaps.associate { (type, name) ->
            val field = Class.forName("dev.aldis.$type").getDeclaredField(name)
            field.isAccessible = true
            "$type.$name" to sizeOf(field.get(null))
        }

    private fun sizeOf(map: Any): Int =
        if (map is Map<*, *>) map.size else map.javaClass.getMethod("getSize").invoke(map) as Int

    /**
     * The native threads end when the last client has ended, with everything that it had, and
     * nothing tells when that is: some may even be about to begin.
     */
    fun assertNone() {
        val deadline = System.nanoTime() + ENDS_WITHIN_NS
        while (!isClean()) {
            if (System.nanoTime() > deadline) {
                told = threads to handles
                throw AssertionError("left behind: $told")
            }
            Thread.sleep(1)
        }
    }

    private fun isClean(): Boolean {
        val (toldThreads, toldHandles) = told
        return toldThreads.containsAll(threads) &&
            handles.all { (name, count) -> count <= toldHandles[name] ?: 0 }
    }

    /** What a test failed for already: the next ones need not. */
    private var told = emptyList<Thread>() to emptyMap<String, Int>()

    private const val ENDS_WITHIN_NS = 30_000_000_000
}

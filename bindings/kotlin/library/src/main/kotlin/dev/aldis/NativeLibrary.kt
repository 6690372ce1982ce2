package dev.aldis

import dev.aldis.internal.LibraryLoader
import dev.aldis.internal.NativeLog

/**
 * The native library, `libaldis`. Clients load it by themselves; an app that wants to know early
 * whether it works, or to spend the time for it (some 200 ms) at a moment of its choice, calls
 * [load].
 *
 * These places are tried in their order:
 * 1. the file that the system property `dev.aldis.library.path` names, and then no other place;
 * 2. on Android, the app's own libraries;
 * 3. the class path: `dev/aldis/native/<system>/<name>`, unpacked into a private folder below
 *    `java.io.tmpdir`;
 * 4. the folders of `java.library.path`.
 */
public object NativeLibrary {
    /** The version of this library. */
    public const val VERSION: String = "0.1.0"

    /**
     * Loads the library, unless it is loaded. Blocks: not for the main thread. Any thread may
     * call it, at any time. After a failure it tries again.
     *
     * @throws NativeLibraryException no place has a library that fits.
     */
    public fun load() {
        LibraryLoader.load()
    }

    /**
     * Sets what the library writes, for the whole process: from now on, or from when it is loaded.
     * Until then it writes nothing. Any thread may call it, at any time, and does not wait; the last
     * call holds.
     */
    public fun setLog(log: LogConfig) {
        NativeLog.set(log)
    }
}

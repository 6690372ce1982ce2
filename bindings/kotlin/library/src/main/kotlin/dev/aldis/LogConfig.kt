package dev.aldis

/** How much the native library writes. Nothing of it is secret: no token, no key, no payload. */
public enum class LogLevel {
    /** Nothing. */
    Off,

    /** What ends something for good. */
    Error,

    /** What an app should know, such as refused frames and lost connections. */
    Warn,

    /** Changes of the connection's state. */
    Info,

    /** What else helps to find a fault. */
    Debug,

    /** Each step. */
    Trace,
}

/**
 * What the native library writes for people: to Android's log, elsewhere to the standard error
 * stream. It is set for the whole process, by [NativeLibrary.setLog].
 *
 * @property level how much. Default: [LogLevel.Warn].
 * @property tag the tag of Android's log, or the second word of each line; 1 to 23 characters,
 * which is what Android takes. Default: `Aldis`.
 * @throws IllegalArgumentException the tag is too long or empty.
 */
public data class LogConfig
    @JvmOverloads
    constructor(
        public val level: LogLevel = LogLevel.Warn,
        public val tag: String = "Aldis",
    ) {
        init {
            require(tag.length in 1..MAX_TAG) {
                "the tag has ${tag.length} characters; 1 to $MAX_TAG are allowed"
            }
            require(tag.all { it in ' '..'~' }) { "the tag has characters beyond ASCII" }
        }

        private companion object {
            /** Of Android 7, which throws away what has a longer one. */
            const val MAX_TAG = 23
        }
    }

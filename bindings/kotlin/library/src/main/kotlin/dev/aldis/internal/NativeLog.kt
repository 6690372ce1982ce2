package dev.aldis.internal

import dev.aldis.LogConfig
import dev.aldis.LogLevel
import dev.aldis.ffi.setLog
import dev.aldis.ffi.LogLevel as NativeLogLevel

/** What the native library is to write. It is told once it is loaded; nobody waits for that here. */
internal object NativeLog {
    private var loaded = false
    private var config: LogConfig? = null

    @Synchronized
    fun set(config: LogConfig) {
        this.config = config
        tell()
    }

    @Synchronized
    fun libraryLoaded() {
        loaded = true
        tell()
    }

    private fun tell() {
        val config = config
        if (loaded && config != null) setLog(config.level.toNative(), config.tag)
    }

    private fun LogLevel.toNative() = when (this) {
        LogLevel.Off -> NativeLogLevel.OFF
        LogLevel.Error -> NativeLogLevel.ERROR
        LogLevel.Warn -> NativeLogLevel.WARN
        LogLevel.Info -> NativeLogLevel.INFO
        LogLevel.Debug -> NativeLogLevel.DEBUG
        LogLevel.Trace -> NativeLogLevel.TRACE
    }
}

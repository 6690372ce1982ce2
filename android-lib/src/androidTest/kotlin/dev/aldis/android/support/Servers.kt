package dev.aldis.android.support

import android.util.Base64
import androidx.test.platform.app.InstrumentationRegistry

/** What scripts/test-android has started on the machine that the emulator runs on. */
internal object Servers {
    /** A server without TLS, `ws://`. */
    val plain: String get() = argument("server")

    /** The same server behind TLS, `wss://`. */
    val secure: String get() = argument("secureServer")

    /** Who has issued the certificate of [secure], as PEM. No device knows it. */
    val authority: String
        get() = Base64.decode(argument("authority"), Base64.DEFAULT).decodeToString()

    private fun argument(name: String): String =
        InstrumentationRegistry.getArguments().getString(name)
            ?: error("the instrumentation argument `$name` is lacking: run scripts/test-android")
}

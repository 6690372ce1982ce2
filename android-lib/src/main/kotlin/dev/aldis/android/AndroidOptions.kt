package dev.aldis.android

import dev.aldis.LogConfig
import dev.aldis.SignalJson
import dev.aldis.UncaughtHandler
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.serialization.json.Json

/**
 * How a client fits into an Android app. Everything has a default.
 *
 * @property life when the connection is closed because the app is in the background.
 * @property followNetwork whether to listen to Android's default network, so that a hand-over from
 * Wi-Fi to mobile data is noticed at once, and nothing is attempted without a network.
 * @property log what the native library writes to Android's log, for the whole process: the client
 * made last decides. Null leaves it as it is, which is nothing unless `NativeLibrary.setLog` was
 * called.
 * @property json how typed payloads are read and written.
 * @property dispatcher where the client works, and where what Android tells is asked for. Not one
 * that is confined to the main thread.
 * @property onUncaught takes what listeners and token providers throw, and why Android refused to
 * tell of the network: the client then works without.
 */
public class AndroidOptions
    @JvmOverloads
    constructor(
        public val life: LifePolicy = LifePolicy.Foreground(),
        public val followNetwork: Boolean = true,
        public val log: LogConfig? = null,
        public val json: Json = SignalJson,
        public val dispatcher: CoroutineDispatcher = Dispatchers.Default,
        public val onUncaught: UncaughtHandler = UncaughtHandler.Logging,
    )

package org.example.consumer

import android.app.Application
import dev.aldis.SignalClient
import dev.aldis.SignalConfig
import dev.aldis.android.Aldis
import dev.aldis.android.AndroidOptions
import dev.aldis.android.LifePolicy
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.launch
import kotlinx.serialization.Serializable
import kotlin.time.Duration.Companion.seconds

@Serializable
data class Line(val from: String, val text: String)

/** An app with one connection, which lives as long as it does. */
class App : Application() {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)

    val signal: SignalClient by lazy {
        Aldis.client(
            this,
            SignalConfig("wss://example.org/ws", rooms = listOf("lobby")),
            tokens = { "secret" },
            options = AndroidOptions(life = LifePolicy.Foreground(backgroundGrace = 30.seconds)),
        )
    }

    val lines: Flow<Line> get() = signal.events<Line>("chat")

    fun say(text: String) {
        scope.launch {
            signal.connect()
            signal.send("chat", Line("me", text), ttl = 60.seconds)
        }
    }
}

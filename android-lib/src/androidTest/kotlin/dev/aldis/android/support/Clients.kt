package dev.aldis.android.support

import android.content.Context
import androidx.test.core.app.ApplicationProvider
import dev.aldis.ConnectionState
import dev.aldis.ConnectionState.Authenticated
import dev.aldis.Session
import dev.aldis.SignalClient
import dev.aldis.SignalConfig
import dev.aldis.SignalConfigBuilder
import dev.aldis.android.Aldis
import dev.aldis.android.AndroidOptions
import dev.aldis.android.LifePolicy
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlin.time.Duration.Companion.minutes

/** Runs a test, which hangs for no longer than this. An emulator may be slow. */
internal fun test(action: suspend CoroutineScope.() -> Unit) = runBlocking {
    withTimeout(2.minutes) { action() }
}

/** Stays connected although no activity is there, unless a test is about that. */
private val awake = AndroidOptions(life = LifePolicy.KeepWhileAllowed)

/** Uses a client of the plain server, whose user is called `name`. */
internal suspend fun <T> useClient(
    name: String = "ann",
    options: AndroidOptions = awake,
    url: String = Servers.plain,
    configure: SignalConfigBuilder.() -> Unit = {},
    action: suspend (SignalClient) -> T,
): T {
    val config = SignalConfig(url) {
        allowInsecure(true)
        configure()
    }
    val context = ApplicationProvider.getApplicationContext<Context>()
    return Aldis.client(context, config, { name }, options).use { action(it) }
}

/** Waits for a state. */
internal suspend inline fun <reified T : ConnectionState> SignalClient.until(): T =
    state.filterIsInstance<T>().first()

/** Waits for another session than this one. */
internal suspend fun SignalClient.untilAnotherThan(former: Session): Session =
    state.filterIsInstance<Authenticated>().first { it.session != former }.session

/** Says something to everybody in a room; taken by the server when this returns. */
internal suspend fun SignalClient.say(room: String, text: String) {
    requestJson("room", """{"room":"$room","event":"said","data":{"text":"$text"}}""")
}

/** What somebody has said. */
internal fun JsonObject.text(): String = getValue("text").jsonPrimitive.content

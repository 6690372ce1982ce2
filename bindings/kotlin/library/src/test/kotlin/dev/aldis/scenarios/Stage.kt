package dev.aldis.scenarios

import dev.aldis.SignalClient
import dev.aldis.SignalConfig
import dev.aldis.SignalException
import dev.aldis.SignalJson
import dev.aldis.TlsConfig
import dev.aldis.UncaughtHandler
import dev.aldis.support.AldisServer
import dev.aldis.support.FaultProxy
import dev.aldis.support.TestBed
import dev.aldis.support.Way
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.withTimeout
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.jsonObject
import kotlin.coroutines.cancellation.CancellationException
import kotlin.time.Duration.Companion.minutes

/** Where a scenario takes place. */
internal class Stage private constructor(
    private val scenario: Scenario,
    private val way: Way,
    private val bed: TestBed,
    private var server: AldisServer,
    private val line: FaultProxy?,
) {
    private val clients = mutableMapOf<String, ScenarioClient>()
    private val begun = mutableMapOf<String, Deferred<Outcome>>()
    private val names = Names()

    private suspend fun perform(step: Fields): JsonElement {
        when (step.text("do")) {
            "await" -> return step.judge(begun.remove(step.text("name"))!!.await(), names)
            "publish" -> return server.publish(names.resolve(step["body"]!!).jsonObject)
            "line" -> line!!.command(step["command"]!!.jsonObject)
            "stop_server" -> server.close()
            "start_server" -> startServer(step.texts("options") ?: scenario.server)
            else -> return withClient(step)
        }
        return nothing
    }

    private suspend fun startServer(options: List<String>) {
        server = bed.aldis(*options.toTypedArray())
        line!!.leadTo(server)
    }

    private suspend fun withClient(step: Fields): JsonElement {
        val name = step.textOrNull("client") ?: "ann"
        val client =
            try {
                clients.getOrPut(name) { make(name) }
            } catch (e: SignalException) {
                return step.judge(Result.failure(e), names)
            }
        return when (step.text("do")) {
            "expect_state", "expect_session", "expect_message", "expect_error" -> {
                client.expect(step, names)
            }

            "expect_stats" -> {
                client.expectStats(step["stats"]!!.jsonObject)
            }

            "expect_rooms" -> {
                client.expectRooms(step.texts("rooms").orEmpty())
            }

            "expect_who" -> {
                client.expectWho(step, names)
            }

            "expect_token_requests" -> {
                client.expectTokenRequests(step.texts("requests").orEmpty())
            }

            else -> {
                operate(step, client.client)
            }
        }
    }

    private suspend fun operate(step: Fields, client: SignalClient): JsonElement {
        val name = step.textOrNull("as") ?: return step.judge(outcome(step, client), names)
        begun[name] = bed.async(start = CoroutineStart.UNDISPATCHED) { outcome(step, client) }
        return nothing
    }

    private suspend fun outcome(step: Fields, client: SignalClient): Outcome = try {
        Result.success(client.perform(step, names))
    } catch (e: CancellationException) {
        throw e
    } catch (e: Exception) {
        Result.failure(e)
    }

    private suspend fun make(name: String): ScenarioClient {
        val spec = scenario.client(name)
        val tokens = spec.tokens?.let(::ScriptedTokens)
        val config = SignalConfig(url(spec)) {
            if (tokens == null) token(name)
            if (spec.trustsLine) tls(TlsConfig(extraRoots = listOfNotNull(line?.ca)))
            settings(spec.config)
        }
        val onUncaught = UncaughtHandler {
            // Coroutines may copy an exception, to show more of the way that it took.
            if (it !is NoToken && it.cause !is NoToken) bed.uncaught += it
        }
        val lane = way == Way.LANE
        val client = bed.own(
            SignalClient(config, tokens, SignalJson, Dispatchers.Default, onUncaught, lane),
        )
        val made = ScenarioClient(client, tokens)
        // The first suspending function checks the configuration.
        client.rooms()
        return made
    }

    private fun url(spec: ClientSpec): String {
        val behind = if (spec.isBehindLine) line!! else server
        return behind.url.removeSuffix("/ws") + spec.path
    }

    companion object {
        /** Does what the steps say; returns what each has seen. */
        suspend fun run(scenario: Scenario, way: Way, bed: TestBed): JsonArray {
            val server = bed.aldis(*scenario.server.toTypedArray())
            val line = if (scenario.needsLine) {
                bed.proxy(
                    server,
                    *scenario.line.toTypedArray(),
                )
            } else {
                null
            }
            val stage = Stage(scenario, way, bed, server, line)
            val seen = scenario.steps.mapIndexed { index, step ->
                try {
                    withTimeout(1.minutes) { stage.perform(step) }
                } catch (e: Throwable) {
                    throw AssertionError("step ${index + 1}, $step: ${e.message}", e)
                }
            }
            check(stage.begun.isEmpty()) { "nobody awaits ${stage.begun.keys}" }
            return JsonArray(seen)
        }
    }
}

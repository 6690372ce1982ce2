package dev.aldis.support

import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonObjectBuilder
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.put
import kotlinx.serialization.json.putJsonObject

/** `aldis proxy`: a line to a server that fails on command. Each command holds when its call returns. */
class FaultProxy private constructor(
    private val process: ChildProcess,
    override val address: String,
    /** The authority of its certificate as PEM, where it speaks TLS. */
    val ca: String?,
) : Server,
    AutoCloseable by process {
    override val url: String get() = if (ca == null) super.url else "wss://$address/ws"

    private val oneByOne = Mutex()

    /** Ends all connections, without a WebSocket close frame. New ones are accepted. */
    suspend fun cut(how: String = "close") = command("cut") { put("how", how) }

    /** Holds all bytes: senders feel back pressure. */
    suspend fun stall(direction: String = "both") = command("stall") { put("direction", direction) }

    /** Throws all bytes away: a line that is dead without anybody knowing. */
    suspend fun swallow(direction: String = "both") =
        command("swallow") { put("direction", direction) }

    /** Ends what [stall] and [swallow] began. */
    suspend fun resume() = command("resume")

    /** Stops listening. Open connections go on. */
    suspend fun refuse() = command("refuse")

    /** Listens again. */
    suspend fun accept() = command("accept")

    /** Passes new connections on to another server. */
    suspend fun leadTo(server: Server) = command("upstream") { put("addr", server.address) }

    /** Waits until so many connections were accepted since the start. */
    suspend fun untilAccepted(connections: Int) = await { put("accepted", connections) }

    /** Waits until so many connections are open. */
    suspend fun untilOpen(connections: Int) = await { put("open", connections) }

    /** Waits until so many bytes from clients have come in since the start. */
    suspend fun untilReceivedFromClients(bytes: Long) =
        await { putJsonObject("to_server") { put("received", bytes) } }

    private suspend fun await(condition: JsonObjectBuilder.() -> Unit) = command("wait") {
        condition()
        put("timeout_ms", 60_000)
    }

    private suspend fun command(
        name: String,
        arguments: JsonObjectBuilder.() -> Unit = {
        },
    ): JsonObject = command(
        buildJsonObject {
            put("cmd", name)
            arguments()
        },
    )

    /** Gives a command as `aldis proxy` takes it; returns the answer. */
    suspend fun command(command: JsonObject): JsonObject = oneByOne.withLock {
        process.writeLine(command)
        process.readLine().also { check(it.text("type") != "error") { "$command: $it" } }
    }

    companion object {
        suspend fun before(server: Server, vararg options: String): FaultProxy {
            val command =
                listOf(Programs.aldis.path, "proxy", "--upstream", server.address, *options)
            val process = ChildProcess(command, Programs.root)
            val listening = process.readLine()
            val ca = listening["ca"]?.jsonPrimitive?.content
            return FaultProxy(process, listening.text("addr"), ca)
        }
    }
}

package dev.aldis.support

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonObjectBuilder
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import java.net.InetAddress
import java.net.ServerSocket
import java.net.URI

/** Something to connect to. */
interface Server : AutoCloseable {
    /** `HOST:PORT` */
    val address: String

    /** The URL of its WebSocket. */
    val url: String get() = "ws://$address/ws"
}

/** `aldis serve`: keeps the order of messages, and waits for slow clients. */
class AldisServer private constructor(
    private val process: ChildProcess,
    override val address: String,
) : Server,
    AutoCloseable by process {
    companion object {
        suspend fun start(vararg options: String): AldisServer {
            val serve = listOf("serve", "--listen", "127.0.0.1:0", "--until-eof", "--json")
            val process = ChildProcess(listOf(Programs.aldis.path) + serve + options, Programs.root)
            val address = process.readLine().text("http").removePrefix("http://")
            return AldisServer(process, address)
        }
    }

    fun kill() = process.kill()

    /** Publishes as another program does, by `POST /api/publish`; returns the answer. */
    suspend fun publish(body: JsonObject): JsonObject = withContext(Dispatchers.IO) {
        val connection = URI("http://$address/api/publish").toURL().openConnection()
        connection.setRequestProperty("content-type", "application/json")
        connection.doOutput = true
        connection.outputStream.use { it.write(body.toString().toByteArray()) }
        val answer = connection.inputStream.use { it.reader().readText() }
        Json.parseToJsonElement(answer).jsonObject
    }
}

/** `@venizia/ignis-helpers` on Bun, with a Redis of its own. `tests/interop/ignis` tells what it understands. */
class IgnisServer private constructor(
    private val process: ChildProcess,
    override val address: String,
) : Server,
    AutoCloseable by process {
    companion object {
        suspend fun start(settings: JsonObjectBuilder.() -> Unit = {}): IgnisServer {
            val command =
                listOf(Programs.bun.path, "server.ts", buildJsonObject(settings).toString())
            val process = ChildProcess(command, Programs.ignis)
            val port = process
                .readLine()
                .getValue("port")
                .jsonPrimitive.int
            return IgnisServer(process, "127.0.0.1:$port")
        }
    }
}

/** Takes connections and never says a word: who connects waits for the answer to the upgrade. */
class SilentServer : Server {
    private val socket = ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))
    override val address: String = "127.0.0.1:${socket.localPort}"

    override fun close() = socket.close()
}

/** Nobody listens there. */
object NoServer : Server {
    override val address: String = SilentServer().use { it.address }

    override fun close() = Unit
}

fun JsonObject.text(key: String): String = getValue(key).jsonPrimitive.content

/** [AldisServer] for Java, which has no suspending functions. */
class BlockingServer(vararg options: String) : Server {
    private val server = runBlocking { AldisServer.start(*options) }
    override val address: String = server.address

    override fun close() = server.close()
}

package dev.aldis.tests.shrunk

import dev.aldis.ConnectFailedException
import dev.aldis.ConnectionState
import dev.aldis.RequestException
import dev.aldis.RoomException
import dev.aldis.SendException
import dev.aldis.Session
import dev.aldis.SignalClient
import dev.aldis.SignalConfig
import dev.aldis.SignalException
import dev.aldis.SignalListener
import dev.aldis.TokenProvider
import dev.aldis.TokenRequest
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart.UNDISPATCHED
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.Serializable

@Serializable
data class Text(val text: String)

@Serializable
data class Numbered(val n: Int)

/** Asks the server for `n` replies in a row, [Numbered] from 0. */
@Serializable
data class EchoMany(val n: Int)

/** Asks the server to send an event to the members of a room. */
@Serializable
data class ToRoom(val room: String, val event: String, val data: Text)

@Serializable
data object Nothing

/**
 * An app that uses a little of everything, and says what worked, a line each. Its argument is the
 * URL of a server that knows `ann` by the token `fresh`.
 */
object App {
    @JvmStatic
    fun main(arguments: Array<String>) {
        val url = arguments.single()
        runBlocking {
            refused(url)
            SignalClient(SignalConfig(url), tokens()).use { client -> use(client) }
        }
        JavaCaller.call(url)
        println("done")
    }

    private suspend fun use(client: SignalClient) = coroutineScope {
        val heard = CompletableDeferred<Session>()
        val listening = client.addListener(
            object : SignalListener {
                override fun onConnected(session: Session) {
                    heard.complete(session)
                }
            },
        )
        println("connected as ${client.connect().userId}")
        println("the listener heard of ${heard.await().userId}")
        listening.close()
        payloads(client)
        rooms(client)
        errors(client)
        println("in the state ${client.stats().state}")
        check("authenticated" in client.explain())
        client.disconnect()
        println(
            "left in the state ${client.state.first { it is ConnectionState.Disconnected }.name}",
        )
    }

    private suspend fun payloads(client: SignalClient) = coroutineScope {
        val numbers = collecting(client.events<Numbered>("echo-many").take(NUMBERS))
        client.send("echo-many", EchoMany(NUMBERS))
        check(numbers.await() == List(NUMBERS, ::Numbered))
        println("received $NUMBERS numbers in order")
        val texts = collecting(client.events<Text>("echo").take(NUMBERS))
        repeat(NUMBERS) { client.send("echo", Text("$it")) }
        check(texts.await() == List(NUMBERS) { Text("$it") })
        println("sent $NUMBERS texts in order")
        println("the reply is ${client.request<Text, Text>("echo", Text("xin chào 👋")).text}")
    }

    private suspend fun rooms(client: SignalClient) = coroutineScope {
        client.join("lobby", "attic")
        client.leave("attic")
        val said = collecting(client.events<Text>("said").take(1))
        client.request<ToRoom, Nothing>("room", ToRoom("lobby", "said", Text("hello")))
        println("${said.await().single().text} in ${client.rooms()}")
    }

    private suspend fun errors(client: SignalClient) {
        val refused = failure<RequestException.Refused> { client.requestJson("unheard-of", "1") }
        println("refused with the event ${refused.reply.event}")
        val tooLarge = failure<SendException.MessageTooLarge> {
            client.send("echo", Text("x".repeat(10_000_000)))
        }
        check(tooLarge.size > tooLarge.limit)
        println("not sent: ${tooLarge.code}")
        println("no room: ${failure<RoomException.InvalidName> { client.join("ws:mine") }.name}")
    }

    private suspend fun refused(url: String) {
        SignalClient(SignalConfig(url) { token("wrong") }).use { client ->
            val failure = failure<ConnectFailedException> { client.connect() }
            println("closed with ${failure.reason.closeCode}: ${failure.code}")
        }
    }

    /** The first token is refused, so that the server's word about it is asked for, too. */
    private fun tokens() = TokenProvider { request ->
        println("asked for a token: $request")
        if (request == TokenRequest.Initial) "stale" else "fresh"
    }

    /** Collects from now on, so that nothing is missed. */
    private fun <T> CoroutineScope.collecting(flow: Flow<T>) =
        async(start = UNDISPATCHED) { flow.toList() }

    private inline fun <reified E : SignalException> failure(action: () -> Unit): E =
        runCatching(action).exceptionOrNull() as E

    private const val NUMBERS = 1_000
}

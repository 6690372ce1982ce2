package dev.aldis.child

import dev.aldis.EchoMany
import dev.aldis.LogConfig
import dev.aldis.LogLevel
import dev.aldis.NativeLibrary
import dev.aldis.NativeLibraryException
import dev.aldis.Numbered
import dev.aldis.RequestException
import dev.aldis.SendException
import dev.aldis.SignalClient
import dev.aldis.SignalConfig
import dev.aldis.SignalException
import dev.aldis.SignalJson
import dev.aldis.SignalListener
import dev.aldis.UncaughtHandler
import kotlinx.coroutines.CoroutineStart.UNDISPATCHED
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import java.io.File
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CountDownLatch
import kotlin.concurrent.thread
import kotlin.time.Duration.Companion.milliseconds

/** Arguments: the URL, and whether messages take the lane. */
private fun client(arguments: Array<String>, token: String? = "ann") = SignalClient(
    SignalConfig(arguments[0]) { token(token) },
    { "ann" },
    SignalJson,
    Dispatchers.Default,
    UncaughtHandler.Logging,
    arguments[1].toBooleanStrict(),
)

/** An app that forgets to close its client. */
internal object ForgetsToClose {
    @JvmStatic
    fun main(arguments: Array<String>) = runBlocking {
        val client = client(arguments)
        client.addListener(object : SignalListener {})
        launch(
            start = UNDISPATCHED,
        ) { client.messages().take(1).collect { println("got ${it.data}") } }
        client.connect()
        client.sendJson("echo", "1")
    }
}

/** An app that does a little of everything, for a JVM that watches JNI. */
internal object DoesEverything {
    @JvmStatic
    fun main(arguments: Array<String>) = runBlocking {
        repeat(3) {
            client(arguments, token = null).use { client ->
                client.addListener(object : SignalListener {})
                val counting =
                    async(
                        start = UNDISPATCHED,
                    ) { client.events<Numbered>("echo-many").take(MESSAGES).collect {} }
                client.connect()
                client.join("a")
                client.send("echo-many", EchoMany(MESSAGES, bytes = 100))
                repeat(MESSAGES) { n -> client.send("echo", Numbered(n)) }
                counting.await()
                expect<SendException> { client.sendJson("heartbeat", "1") }
                expect<SendException> { client.sendJson("echo", "{") }
                expect<RequestException> { client.requestJson("no-such-event", "1") }
                client.stats()
                client.explain()
                client.disconnect()
            }
        }
        println("done")
    }

    private inline fun <reified E : SignalException> expect(action: () -> Unit) {
        check(runCatching(action).exceptionOrNull() is E)
    }

    private const val MESSAGES = 5_000
}

/** An app with little memory, and less time for what comes than it takes to come. */
internal object HasLittleMemory {
    @JvmStatic
    fun main(arguments: Array<String>) = runBlocking(Dispatchers.Default) {
        client(arguments).use { client ->
            var expected = 0
            val counting = async(start = UNDISPATCHED) {
                client.events<Numbered>("echo-many").take(MESSAGES).collect { (n) ->
                    check(n == expected++)
                    if (n == 0) {
                        // All piles up here that may: the rest waits on the native side.
                        while (client.stats().queuedEvents < 1_024) {
                            delay(1.milliseconds)
                        }
                    }
                }
            }
            client.connect()
            client.send("echo-many", EchoMany(MESSAGES, bytes = 8_000))
            counting.await()
            println("done")
        }
    }

    private const val MESSAGES = 5_000
}

/** An app that has the library write a log, and lets it write less in the end. */
internal object WritesALog {
    @JvmStatic
    fun main(arguments: Array<String>) = runBlocking {
        NativeLibrary.setLog(LogConfig(LogLevel.Trace, "Chat"))
        client(arguments, token = "s3cr3t").use { client ->
            client.connect()
            client.requestJson("echo", "\"s3cr3t\"")
            NativeLibrary.setLog(LogConfig(LogLevel.Error, "Quiet"))
            client.disconnect()
        }
    }
}

/** An app that has no native library to load, or has one. */
internal object LoadsTheLibrary {
    @JvmStatic
    fun main(arguments: Array<String>) {
        val client = SignalClient(SignalConfig("ws://127.0.0.1:9/ws"))
        // All at once, as an app may begin.
        List(8) { thread { runCatching { NativeLibrary.load() } } }.forEach { it.join() }
        repeat(2) {
            try {
                println("rooms ${runBlocking { client.rooms() }}")
            } catch (e: NativeLibraryException) {
                println("${e.code}: ${e.message}")
                e.tried.forEach { println("tried: $it") }
            }
        }
        client.close()
        println("closed, ${arguments.size} arguments")
    }
}

/** An app whose libraries are found as those of an APK are. Says which are mapped, and how often. */
internal object LoadsAsOnAndroid {
    @JvmStatic
    fun main(arguments: Array<String>) {
        val begin = CountDownLatch(1)
        val loads =
            List(THREADS) {
                CompletableFuture.supplyAsync(
                    { begin.await().also { NativeLibrary.load() } },
                    ::start,
                )
            }
        begin.countDown()
        loads.forEach { it.join() }
        runBlocking {
            client(arguments).use { client ->
                val echo = async(start = UNDISPATCHED) { client.events<Numbered>("echo").first() }
                client.connect()
                client.send("echo", Numbered(1))
                println("echo ${echo.await().n}")
            }
        }
        mappings().filter { "libaldis" in it || "libjnidispatch" in it }.forEach(::println)
    }

    /** The files of which the beginning is mapped: a library once for each time that it is loaded. */
    private fun mappings(): List<String> = File("/proc/self/maps")
        .readLines()
        .filter { " 00000000 " in it && '/' in it }
        .map { "mapped /${it.substringAfter('/')}" }

    private fun start(task: Runnable) {
        thread { task.run() }
    }

    private const val THREADS = 32
}

/**
 * Runs another of these programs on what takes itself for Android's virtual machine: a JVM lets
 * nobody name it from outside. Arguments: the other one, and its arguments.
 */
internal object AsOnAndroid {
    @JvmStatic
    fun main(arguments: Array<String>) {
        System.setProperty("java.vm.name", "Dalvik")
        val main = Class.forName(arguments.first()).getMethod("main", arguments.javaClass)
        main.invoke(null, arguments.drop(1).toTypedArray())
    }
}

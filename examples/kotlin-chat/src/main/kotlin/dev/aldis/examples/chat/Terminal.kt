package dev.aldis.examples.chat

import dev.aldis.SignalException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelChildren
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.withContext

/** `Terminal URL NAME ROOM`: what you type goes to everybody in the room. */
suspend fun main(args: Array<String>) {
    val (url, name, room) = args
    Chat(url, name, room, ::println).use { chat ->
        coroutineScope {
            try {
                chat.enter(this)
                while (true) chat.say(withContext(Dispatchers.IO) { readlnOrNull() } ?: break)
            } catch (e: SignalException) {
                println("${e.code}: ${e.message}")
            }
            coroutineContext.cancelChildren()
        }
    }
}

package dev.aldis.bench

import com.sun.jna.Callback
import com.sun.jna.Memory
import com.sun.jna.Native
import com.sun.jna.Pointer
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json

/** What crossings of one kind cost, in the median of some rounds. */
@Serializable
private class Crossing(val name: String, val payload: Int, val nanos: Long)

/** Functions of the C library that do next to nothing, mapped directly: no proxy, no structures. */
private object C {
    init {
        Native.register(C::class.java, "c")
    }

    @JvmStatic
    external fun memcpy(to: Pointer, from: ByteArray, size: Long)

    @JvmStatic
    external fun memcpy(to: ByteArray, from: Pointer, size: Long)

    /** Among one element: compares once, and neither copies nor moves anything. */
    @JvmStatic
    external fun bsearch(
        key: Pointer,
        elements: Pointer,
        count: Long,
        size: Long,
        compare: Comparison,
    )
}

/** Called by native code. */
private fun interface Comparison : Callback {
    fun invoke(key: Pointer, element: Pointer): Int
}

/** The crossings. What is behind each of them is at most a copy of the payload. */
private fun crossings(payload: Int): Map<String, () -> Int> {
    val native = Memory(payload.toLong())
    val bytes = ByteArray(payload)
    val size = payload.toLong()
    var taken = bytes
    val comparison =
        Comparison { _, element ->
            taken = element.getByteArray(0, payload)
            0
        }
    return mapOf(
        // JNA's own functions to read and write memory are plain JNI.
        "JNI, byte[] down" to {
            native.write(0, bytes, 0, payload)
            payload
        },
        "JNI, byte[] up" to { native.getByteArray(0, payload).size },
        "JNA, byte[] down" to {
            C.memcpy(native, bytes, size)
            payload
        },
        "JNA, byte[] up" to {
            C.memcpy(bytes, native, size)
            payload
        },
        "JNA, callback with byte[]" to {
            C.bsearch(native, native, 1, size, comparison)
            taken.size
        },
    )
}

/** Measures what a crossing between the JVM and native code costs, and prints it as JSON. */
internal fun main() {
    val measured =
        PAYLOADS.flatMap { payload ->
            crossings(payload).map { (name, cross) ->
                repeat(WARM_UPS) { round(cross) }
                val rounds = List(ROUNDS) { round(cross) }.sorted()
                Crossing(name, payload, rounds[ROUNDS / 2])
            }
        }
    println(Json.encodeToString(measured))
}

/** Nanoseconds of one crossing, from many. */
private fun round(cross: () -> Int): Long {
    var crossed = 0L
    val nanos = nanos { repeat(CROSSINGS) { crossed += cross() } }
    check(crossed > 0) { "nothing has crossed" }
    return nanos / CROSSINGS
}

private val PAYLOADS = listOf(100, 1024, 16 * 1024)
private const val CROSSINGS = 20_000
private const val WARM_UPS = 5
private const val ROUNDS = 7

package dev.aldis.bench

import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json

/** How orders and answers are written: as in `benches/rust/src/order.rs`, which explains them. */
internal val Lines: Json = Json { classDiscriminator = "work" }

/** A piece of work. */
@Serializable
internal sealed interface Order {
    /** Events from the server to the app. */
    @Serializable
    @SerialName("receive")
    data class Receive(val bytes: Int, val lot: Int, val millis: Int) : Order

    /** Messages from the app, until the server has counted them all. */
    @Serializable
    @SerialName("send")
    data class Send(val bytes: Int, val lot: Int, val millis: Int) : Order

    /** Requests and their replies, [window] of them under way at once. */
    @Serializable
    @SerialName("echo")
    data class Echo(val bytes: Int, val lot: Int, val window: Int, val millis: Int) : Order

    /** Connections one after the other, each by a new client. */
    @Serializable
    @SerialName("connect")
    data class Connect(val lot: Int, val millis: Int) : Order

    /** Opens clients until there are so many, and keeps them. */
    @Serializable
    @SerialName("hold")
    data class Hold(val clients: Int) : Order

    /** Loads the library, connects and takes one tick. */
    @Serializable
    @SerialName("first")
    data object First : Order
}

/** What was measured. Times are in nanoseconds. */
@Serializable
internal data class Reading(
    /** Messages, echoes or connections; clients of [Order.Hold]. */
    val count: Long,
    val wall: Long,
    /** Of single echoes and connections. */
    val p50: Long? = null,
    val p99: Long? = null,
    /** Of [Order.Receive]; see [Allocations]. */
    val allocatedBytes: Long? = null,
)

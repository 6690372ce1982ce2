package dev.aldis

import kotlinx.serialization.Serializable

@Serializable
internal data class Text(val text: String)

@Serializable
internal data class Numbered(val n: Int)

/** Asks the server for `n` replies in a row, [Numbered] from 0. */
@Serializable
internal data class EchoMany(val n: Int, val bytes: Int = 0)

/** What the server answers to `who`. */
@Serializable
internal data class Who(val id: String, val userId: String? = null, val rooms: Set<String>)

/** Asks the server to send an event to the members of a room. */
@Serializable
internal data class ToRoom(val room: String, val event: String, val data: Text)

@Serializable
internal object NoPayload

@Serializable
internal data class Tree(val child: Tree? = null)

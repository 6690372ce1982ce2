package dev.aldis.android.internal

import android.security.NetworkSecurityPolicy
import dev.aldis.InvalidConfigException
import dev.aldis.SignalConfig
import kotlin.time.Duration.Companion.seconds

/** Every heartbeat wakes the radio, which then stays on for seconds. */
private val SHORTEST_HEARTBEAT = 15.seconds

/** Refuses what may do elsewhere, but not on Android. The native side has rules of its own. */
internal fun SignalConfig.requireAllowedOnAndroid() {
    if (heartbeatInterval < SHORTEST_HEARTBEAT) {
        throw InvalidConfigException(
            "heartbeatInterval",
            "$heartbeatInterval would drain the battery; on Android $SHORTEST_HEARTBEAT or more " +
                "are allowed",
        )
    }
    requireCleartextPermitted(url)
}

/** Android enforces its rule in its own HTTP clients only; our sockets are not among them. */
private fun requireCleartextPermitted(url: String) {
    val host = cleartextHost(url) ?: return
    if (NetworkSecurityPolicy.getInstance().isCleartextTrafficPermitted(host)) return
    throw InvalidConfigException(
        "url",
        "ws:// to $host is cleartext, which this app does not permit; use wss://, or permit it " +
            "for $host by cleartextTrafficPermitted in the app's network security configuration",
    )
}

/**
 * The host of a URL without TLS, as the native side reads it, which is as browsers do: white space
 * does not count, nor which slashes there are and how many. Null for every other URL, and for one
 * without a host, which the native side refuses with better words.
 */
private fun cleartextHost(url: String): String? {
    val text = url.filterNot { it <= ' ' }
    if (!text.startsWith(CLEARTEXT, ignoreCase = true)) return null
    val authority = text
        .drop(CLEARTEXT.length)
        .trimStart('/', '\\')
        .takeWhile { it !in "/\\?#" }
        .substringAfterLast('@')
    val host =
        if (authority.startsWith('[')) {
            authority.drop(1).substringBefore(']')
        } else {
            authority.substringBefore(':')
        }
    return host.ifEmpty { null }
}

private const val CLEARTEXT = "ws:"

package dev.aldis.examples.chat

import android.os.SystemClock
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.selection.toggleable
import androidx.compose.material3.ButtonDefaults
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.LocalContentColor
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Switch
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.produceState
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import dev.aldis.CloseReason
import dev.aldis.ConnectionState
import dev.aldis.ConnectionState.Authenticated
import dev.aldis.ConnectionState.Disconnected
import dev.aldis.ConnectionState.Reconnecting
import kotlinx.coroutines.delay

/** How the connection is, why, when it is tried again, and what the user can do about it. */
@Composable
fun ConnectionBanner(state: ChatState, actions: ChatActions, modifier: Modifier = Modifier) {
    val connection = state.connection.state
    val colors = MaterialTheme.colorScheme
    val color = when (connection) {
        is Authenticated -> colors.primaryContainer
        is Disconnected -> colors.errorContainer
        is Reconnecting -> colors.tertiaryContainer
        else -> colors.secondaryContainer
    }
    Surface(modifier.fillMaxWidth(), color = color) {
        Column {
            Column(Modifier.padding(start = 16.dp, end = 8.dp, top = 8.dp)) {
                // Read out when it changes; the seconds below would be read out without an end.
                Text(
                    title(connection),
                    Modifier.semantics { liveRegion = LiveRegionMode.Polite },
                    style = MaterialTheme.typography.titleMedium,
                )
                if (connection is Reconnecting) Text(countdown(state.connection, connection))
                connection.reason?.let { reason ->
                    val what = reason.message.replaceFirstChar(Char::uppercase)
                    Text("$what. ${reason.advice}", style = MaterialTheme.typography.bodyMedium)
                }
            }
            Buttons(state, actions)
            if (connection !is Authenticated && connection !is Disconnected) {
                LinearProgressIndicator(Modifier.fillMaxWidth())
            }
        }
    }
}

@Composable
private fun Buttons(state: ChatState, actions: ChatActions) {
    Row(
        Modifier.fillMaxWidth().padding(horizontal = 8.dp),
        horizontalArrangement = Arrangement.SpaceBetween,
        verticalAlignment = Alignment.CenterVertically,
    ) {
        Row(
            Modifier
                .toggleable(state.networkOff, role = Role.Switch) { actions.pretendNoNetwork(it) }
                .padding(horizontal = 8.dp, vertical = 4.dp),
            horizontalArrangement = Arrangement.spacedBy(8.dp),
            verticalAlignment = Alignment.CenterVertically,
        ) {
            Switch(checked = state.networkOff, onCheckedChange = null)
            Text("No network")
        }
        val off = state.connection.state is Disconnected
        TextButton(
            onClick = { if (off) actions.connect() else actions.disconnect() },
            colors = ButtonDefaults.textButtonColors(contentColor = LocalContentColor.current),
        ) { Text(if (off) "Connect" else "Disconnect") }
    }
}

private fun title(state: ConnectionState): String = when (state) {
    is Authenticated -> "Connected as ${state.session.userId}"
    is Reconnecting -> "Connection lost"
    is Disconnected -> "Not connected"
    else -> "Connecting …"
}

private val ConnectionState.reason: CloseReason?
    get() = when (this) {
        is Disconnected -> reason
        is Reconnecting -> reason
        else -> null
    }

@Composable
private fun countdown(connection: Connection, state: Reconnecting): String {
    val retryIn = state.retryIn ?: return "Attempt ${state.attempt} as soon as there is a network"
    val next = connection.since + retryIn.inWholeMilliseconds
    val seconds by produceState(secondsUntil(next), next) {
        while (value > 0) {
            delay(TICK)
            value = secondsUntil(next)
        }
    }
    return "Attempt ${state.attempt} in $seconds s"
}

private fun secondsUntil(time: Long): Long =
    ((time - SystemClock.elapsedRealtime() + 999) / 1_000).coerceAtLeast(0)

private const val TICK = 250L

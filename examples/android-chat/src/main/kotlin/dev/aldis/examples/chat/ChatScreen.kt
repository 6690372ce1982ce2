package dev.aldis.examples.chat

import android.text.format.DateFormat
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.imePadding
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.LazyRow
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.text.KeyboardActions
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.AssistChip
import androidx.compose.material3.Button
import androidx.compose.material3.ExperimentalMaterial3Api
import androidx.compose.material3.FilterChip
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Scaffold
import androidx.compose.material3.SnackbarHost
import androidx.compose.material3.SnackbarHostState
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.material3.TopAppBar
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.unit.dp
import java.util.Date

/** The whole screen: it shows [state], and tells [actions] what the user wants. */
@OptIn(ExperimentalMaterial3Api::class)
@Composable
fun ChatScreen(state: ChatState, actions: ChatActions) {
    val snackbars = remember { SnackbarHostState() }
    var dialog by rememberSaveable { mutableStateOf(Dialog.None) }
    state.problem?.let { problem ->
        LaunchedEffect(problem) {
            snackbars.showSnackbar(problem, withDismissAction = true)
            actions.problemShown()
        }
    }
    Scaffold(
        topBar = {
            TopAppBar(
                title = { Text("Aldis Chat", Modifier.semantics { heading() }) },
                actions = {
                    if (state.rooms.size > 1) {
                        TextButton(onClick = { actions.leave(state.room) }) {
                            Text("Leave ${state.room}")
                        }
                    }
                    TextButton(onClick = { dialog = Dialog.Settings }) { Text("Settings") }
                },
            )
        },
        snackbarHost = { SnackbarHost(snackbars) },
    ) { edges ->
        Column(Modifier.padding(edges).imePadding()) {
            ConnectionBanner(state, actions)
            Rooms(state, actions, onNew = { dialog = Dialog.NewRoom })
            Lines(state.entries, state.settings.name, Modifier.weight(1f))
            Draft(state.room, onSend = actions::say)
        }
    }
    val close = { dialog = Dialog.None }
    when (dialog) {
        Dialog.None -> Unit
        Dialog.NewRoom -> NewRoomDialog(actions::enter, close)
        Dialog.Settings -> SettingsDialog(state.settings, actions::change, close)
    }
}

private enum class Dialog { None, NewRoom, Settings }

private val ChatState.entries: List<Entry>
    get() = rooms.find { it.name == room }?.entries.orEmpty()

@Composable
private fun Rooms(state: ChatState, actions: ChatActions, onNew: () -> Unit) {
    LazyRow(
        contentPadding = PaddingValues(horizontal = 16.dp),
        horizontalArrangement = Arrangement.spacedBy(8.dp),
    ) {
        items(state.rooms, key = { it.name }) { room ->
            val unread = if (room.unread > 0) ", ${room.unread} new" else ""
            FilterChip(
                selected = room.name == state.room,
                onClick = { actions.enter(room.name) },
                label = { Text(room.name + unread) },
            )
        }
        item { AssistChip(onClick = onNew, label = { Text("New room") }) }
    }
}

/** The newest is at the bottom, and stays in sight. */
@Composable
private fun Lines(entries: List<Entry>, me: String, modifier: Modifier) {
    LazyColumn(
        modifier.fillMaxWidth().padding(horizontal = 16.dp),
        reverseLayout = true,
        verticalArrangement = Arrangement.spacedBy(8.dp, Alignment.Bottom),
    ) {
        items(entries.asReversed()) { Bubble(it, mine = it.line.from == me) }
    }
}

@Composable
private fun Bubble(entry: Entry, mine: Boolean) {
    val colors = MaterialTheme.colorScheme
    val time = DateFormat.getTimeFormat(LocalContext.current).format(Date(entry.at))
    Row(
        // One thing to a screen reader: who, when, what.
        Modifier.fillMaxWidth().semantics(mergeDescendants = true) {},
        horizontalArrangement = if (mine) Arrangement.End else Arrangement.Start,
    ) {
        Surface(
            Modifier.widthIn(max = 320.dp),
            shape = MaterialTheme.shapes.large,
            color = if (mine) colors.primaryContainer else colors.secondaryContainer,
        ) {
            Column(Modifier.padding(horizontal = 16.dp, vertical = 8.dp)) {
                Text("${entry.line.from} · $time", style = MaterialTheme.typography.labelMedium)
                Text(entry.line.text, style = MaterialTheme.typography.bodyLarge)
            }
        }
    }
}

@Composable
private fun Draft(room: String, onSend: (String) -> Unit) {
    var text by rememberSaveable { mutableStateOf("") }
    val send = {
        if (text.isNotBlank()) {
            onSend(text.trim())
            text = ""
        }
    }
    Row(
        Modifier.padding(16.dp),
        horizontalArrangement = Arrangement.spacedBy(8.dp),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        OutlinedTextField(
            text,
            onValueChange = { text = it },
            modifier = Modifier.weight(1f),
            label = { Text("Say something in $room") },
            keyboardOptions = KeyboardOptions(imeAction = ImeAction.Send),
            keyboardActions = KeyboardActions(onSend = { send() }),
            maxLines = 4,
        )
        Button(onClick = send, enabled = text.isNotBlank()) { Text("Send") }
    }
}

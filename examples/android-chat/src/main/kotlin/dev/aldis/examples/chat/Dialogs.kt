package dev.aldis.examples.chat

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.unit.dp

/** Where the server is, and who we are. A change makes a new connection. */
@Composable
fun SettingsDialog(settings: Settings, onSave: (Settings) -> Unit, onClose: () -> Unit) {
    var url by rememberSaveable { mutableStateOf(settings.url) }
    var name by rememberSaveable { mutableStateOf(settings.name) }
    AskDialog(
        title = "Settings",
        yes = "Save",
        ready = url.isNotBlank() && name.isNotBlank(),
        onYes = { onSave(Settings(url.trim(), name.trim())) },
        onClose = onClose,
    ) {
        OutlinedTextField(url, { url = it }, label = { Text("Server") }, singleLine = true)
        OutlinedTextField(name, { name = it }, label = { Text("Your name") }, singleLine = true)
    }
}

/** Which room to enter. */
@Composable
fun NewRoomDialog(onEnter: (String) -> Unit, onClose: () -> Unit) {
    var room by rememberSaveable { mutableStateOf("") }
    AskDialog(
        title = "New room",
        yes = "Enter",
        ready = room.isNotBlank(),
        onYes = { onEnter(room.trim()) },
        onClose = onClose,
    ) {
        OutlinedTextField(room, { room = it }, label = { Text("Name") }, singleLine = true)
    }
}

@Composable
private fun AskDialog(
    title: String,
    yes: String,
    ready: Boolean,
    onYes: () -> Unit,
    onClose: () -> Unit,
    content: @Composable () -> Unit,
) {
    AlertDialog(
        onDismissRequest = onClose,
        title = { Text(title) },
        text = { Column(verticalArrangement = Arrangement.spacedBy(8.dp)) { content() } },
        confirmButton = {
            TextButton(
                onClick = {
                    onYes()
                    onClose()
                },
                enabled = ready,
            ) { Text(yes) }
        },
        dismissButton = { TextButton(onClick = onClose) { Text("Cancel") } },
    )
}

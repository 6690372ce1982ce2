package dev.aldis.examples.chat

import android.content.Context
import androidx.core.content.edit

/** What is still known after the process was ended: the settings, and the rooms. */
class Store(context: Context) {
    private val preferences = context.getSharedPreferences("chat", Context.MODE_PRIVATE)

    var settings: Settings
        get() = Settings(
            // How an emulator reaches the machine that it runs on.
            url = preferences.getString("url", null) ?: "ws://10.0.2.2:8787/ws",
            name = preferences.getString("name", null) ?: "ann",
        )
        set(value) = preferences.edit {
            putString("url", value.url)
            putString("name", value.name)
        }

    var rooms: Set<String>
        get() = preferences.getStringSet("rooms", null) ?: setOf(LOBBY)
        set(value) = preferences.edit { putStringSet("rooms", value) }
}

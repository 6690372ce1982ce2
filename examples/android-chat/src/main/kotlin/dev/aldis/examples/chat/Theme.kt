package dev.aldis.examples.chat

import android.os.Build
import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.darkColorScheme
import androidx.compose.material3.dynamicDarkColorScheme
import androidx.compose.material3.dynamicLightColorScheme
import androidx.compose.material3.lightColorScheme
import androidx.compose.runtime.Composable
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.platform.LocalContext

private val light = lightColorScheme(
    primary = Color(0xFF2F5D62),
    primaryContainer = Color(0xFFC4E7EA),
    onPrimaryContainer = Color(0xFF002022),
    secondaryContainer = Color(0xFFDCE5E5),
    onSecondaryContainer = Color(0xFF141D1E),
)
private val dark = darkColorScheme(
    primary = Color(0xFF9FCFD3),
    primaryContainer = Color(0xFF16464B),
    onPrimaryContainer = Color(0xFFC4E7EA),
    secondaryContainer = Color(0xFF3A4546),
    onSecondaryContainer = Color(0xFFDCE5E5),
)

/** The user's own colours where Android knows them, from Android 12 on. */
@Composable
fun ChatTheme(darkTheme: Boolean = isSystemInDarkTheme(), content: @Composable () -> Unit) {
    val context = LocalContext.current
    val colors = when {
        Build.VERSION.SDK_INT >= Build.VERSION_CODES.S -> {
            if (darkTheme) dynamicDarkColorScheme(context) else dynamicLightColorScheme(context)
        }

        darkTheme -> {
            dark
        }

        else -> {
            light
        }
    }
    MaterialTheme(colorScheme = colors, content = content)
}

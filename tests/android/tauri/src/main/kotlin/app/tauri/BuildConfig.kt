package app.tauri

/** What Android's plugin for Gradle generates. */
internal object BuildConfig {
    const val DEBUG: Boolean = true
}

// Puts the plugins on one class path; the modules apply them.
plugins {
    alias(libs.plugins.android.application) apply false
    alias(libs.plugins.android.library) apply false
    alias(libs.plugins.compose) apply false
    // Never applied, Android's plugin brings Kotlin along: this only lifts it to our version.
    alias(libs.plugins.kotlin.android) apply false
    alias(libs.plugins.maven.publish) apply false
    alias(libs.plugins.serialization) apply false
}

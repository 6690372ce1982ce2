plugins {
    alias(libs.plugins.android.application)
    alias(libs.plugins.compose)
    alias(libs.plugins.serialization)
}

android {
    namespace = "dev.aldis.examples.chat"
    compileSdk = libs.versions.android.compile.sdk
        .get()
        .toInt()

    defaultConfig {
        applicationId = "dev.aldis.examples.chat"
        minSdk = libs.versions.android.min.sdk
            .get()
            .toInt()
        targetSdk = libs.versions.android.target.sdk
            .get()
            .toInt()
        versionCode = 1
        versionName = libs.versions.aldis.get()
    }
    buildTypes {
        release {
            // The rules that Aldis needs are in its AAR.
            isMinifyEnabled = true
            isShrinkResources = true
            proguardFiles(getDefaultProguardFile("proguard-android-optimize.txt"))
        }
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_11
        targetCompatibility = JavaVersion.VERSION_11
    }
}

dependencies {
    // In your app: implementation("dev.aldis:aldis-android:0.1.0")
    implementation(project(":android-lib"))

    implementation(libs.activity.compose)
    implementation(libs.compose.foundation)
    implementation(libs.compose.material3)
    implementation(libs.coroutines.android)
    implementation(libs.lifecycle.runtime.compose)
    implementation(libs.lifecycle.viewmodel.compose)
}

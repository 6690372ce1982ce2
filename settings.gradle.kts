// For those who live in Gradle and Android Studio. Everything is built by scripts/build-aar too,
// which needs neither; CONTRIBUTING.md says which of the two runs where.

pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}

dependencyResolutionManagement {
    repositoriesMode = RepositoriesMode.FAIL_ON_PROJECT_REPOS
    repositories {
        google()
        mavenCentral()
    }
}

rootProject.name = "aldis"

include(":android-lib")
include(":examples:android-chat")

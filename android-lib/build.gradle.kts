// dev.aldis:aldis-android by Gradle. scripts/build-aar makes what is published; this is for those
// who work on the library in Android Studio, and it runs the instrumented tests.

import com.vanniktech.maven.publish.AndroidSingleVariantLibrary
import com.vanniktech.maven.publish.JavadocJar
import com.vanniktech.maven.publish.SourcesJar
import org.gradle.process.ExecOperations
import javax.inject.Inject

plugins {
    alias(libs.plugins.android.library)
    alias(libs.plugins.maven.publish)
    alias(libs.plugins.serialization)
}

val root: Directory = rootProject.layout.projectDirectory

/** Calls scripts/build-android-native, when something has changed that goes into the library. */
@CacheableTask
abstract class BuildNative : DefaultTask() {
    /** What the native library and its binding are made of. */
    @get:InputFiles
    @get:PathSensitive(PathSensitivity.RELATIVE)
    abstract val sources: ConfigurableFileCollection

    /** Options of the script. */
    @get:Input
    abstract val options: ListProperty<String>

    /** Another NDK makes another library, wherever it lies. */
    @get:Internal
    abstract val ndk: DirectoryProperty

    @get:InputFile
    @get:PathSensitive(PathSensitivity.NONE)
    val ndkVersion: Provider<RegularFile> get() = ndk.file("source.properties")

    /** The root of the repository. */
    @get:Internal
    abstract val repository: DirectoryProperty

    /** `ABI/libaldis.so`. */
    @get:OutputDirectory
    abstract val jni: DirectoryProperty

    /** The generated Kotlin. */
    @get:OutputDirectory
    abstract val kotlin: DirectoryProperty

    @get:Inject
    abstract val processes: ExecOperations

    @TaskAction
    fun build() {
        processes.exec {
            workingDir(repository)
            environment("ANDROID_NDK_HOME", ndk.get().asFile.path)
            commandLine(listOf("scripts/build-android-native") + options.get())
        }
    }
}

android {
    namespace = "dev.aldis.android"
    compileSdk = libs.versions.android.compile.sdk
        .get()
        .toInt()

    defaultConfig {
        minSdk = libs.versions.android.min.sdk
            .get()
            .toInt()
        consumerProguardFiles("consumer-rules.pro")
        testInstrumentationRunner = "androidx.test.runner.AndroidJUnitRunner"
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_11
        targetCompatibility = JavaVersion.VERSION_11
    }
    // The Kotlin library goes into the AAR, from the same sources as into its jar.
    sourceSets.named("main") {
        kotlin.directories += root.dir("bindings/kotlin/library/src/main/kotlin").asFile.path
    }
}

val buildNative = tasks.register<BuildNative>("buildNative") {
    description = "Builds libaldis for Android, and generates its Kotlin."
    repository = root
    ndk = androidComponents.sdkComponents.ndkDirectory
    val words = providers.gradleProperty("aldis.native.options").map { it.split(" ") }
    options = words.orElse(emptyList())
    // Where the script lays them, instead of a folder of Gradle's own.
    jni = root.dir("target/android/jni")
    kotlin = root.dir("target/android/kotlin")
    sources.from(
        root.files("Cargo.toml", "Cargo.lock", "rust-toolchain.toml", "uniffi.toml"),
        root.files("scripts/build-android-native", "scripts/console.sh", "scripts/native.sh"),
        root.dir("src"),
        fileTree(root.dir("crates")) { include("*/Cargo.toml", "*/src/**") },
    )
}

androidComponents {
    onVariants { variant ->
        variant.sources.jniLibs?.addGeneratedSourceDirectory(buildNative, BuildNative::jni)
        variant.sources.kotlin?.addGeneratedSourceDirectory(buildNative, BuildNative::kotlin)
    }
}

dependencies {
    api(libs.coroutines.core)
    api(libs.serialization.json)
    implementation(libs.lifecycle.process)
    // With its type, or Gradle takes the jar for desktops.
    implementation(libs.jna) { artifact { type = "aar" } }

    androidTestImplementation(libs.androidx.test.core)
    androidTestImplementation(libs.androidx.test.junit)
    androidTestImplementation(libs.androidx.test.runner)
    androidTestImplementation(libs.coroutines.android)
    androidTestImplementation(libs.uiautomator)
}

// An app that has the jar of the Kotlin library too is told so, instead of finding classes twice.
configurations
    .matching { it.name.startsWith("release") && it.name.endsWith("Publication") }
    .configureEach {
        for (name in listOf("aldis-android", "aldis-kotlin", "aldis-kotlin-ffi")) {
            outgoing.capability("dev.aldis:$name:${libs.versions.aldis.get()}")
        }
    }

mavenPublishing {
    configure(AndroidSingleVariantLibrary(JavadocJar.Empty(), SourcesJar.Sources(), "release"))
    coordinates("dev.aldis", "aldis-android", libs.versions.aldis.get())
    pom {
        name = "Aldis for Android"
        description = "An encrypted realtime connection to IGNIS servers, for Android."
        url = "https://github.com/aldis-signal/aldis"
        inceptionYear = "2026"
        licenses {
            license {
                name = "MIT OR Apache-2.0"
                url = "https://github.com/aldis-signal/aldis/blob/main/LICENSE-APACHE"
                distribution = "repo"
            }
        }
        developers {
            developer {
                name = "The Aldis engineers"
                url = "https://github.com/aldis-signal"
            }
        }
        scm {
            connection = "scm:git:https://github.com/aldis-signal/aldis.git"
            developerConnection = "scm:git:https://github.com/aldis-signal/aldis.git"
            url = "https://github.com/aldis-signal/aldis"
        }
    }
}

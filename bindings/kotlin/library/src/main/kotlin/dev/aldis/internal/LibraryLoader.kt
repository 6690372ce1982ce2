package dev.aldis.internal

import com.sun.jna.Platform
import dev.aldis.NativeLibrary
import dev.aldis.NativeLibraryException
import dev.aldis.ffi.uniffiEnsureInitialized
import java.io.File
import java.io.IOException
import java.util.UUID

/** Finds the native library, and makes JNI and UniFFI use the very same file. */
internal object LibraryLoader {
    private var loaded = false

    @Synchronized
    fun load() {
        if (loaded) return
        val failures = LinkedHashMap<String, Throwable>()
        val explicit = System.getProperty(PATH_PROPERTY)
        loaded =
            when {
                explicit != null -> {
                    failures.attempt("$PATH_PROPERTY=$explicit") { loadFile(File(explicit)) }
                }

                isAndroid() -> {
                    // Java first, for the sake of JNI_OnLoad. JNA then finds by name what is loaded.
                    failures.attempt(inApk(NAME)) { System.loadLibrary(LIBRARY) } &&
                        failures.attempt(inApk(JNA_NAME)) { uniffiEnsureInitialized() }
                }

                else -> {
                    failures.attempt(
                        "the class path: $RESOURCES/$SYSTEM/$NAME",
                    ) { loadResource() } ||
                        failures.attempt("java.library.path") { loadFile(onLibraryPath()) }
                }
            }
        if (!loaded) throw notLoaded(failures)
        NativeLog.libraryLoaded()
    }

    private inline fun MutableMap<String, Throwable>.attempt(
        place: String,
        load: () -> Unit,
    ): Boolean {
        try {
            load()
            return true
        } catch (e: Exception) {
            this[place] = e
        } catch (e: LinkageError) {
            this[place] = e
        }
        return false
    }

    private fun notLoaded(failures: Map<String, Throwable>): NativeLibraryException {
        val tried = failures.map { (place, failure) -> "$place: ${failure.message}" }
        val message =
            "the native library of Aldis ${NativeLibrary.VERSION} for $SYSTEM could not be " +
                "loaded; tried: ${tried.joinToString("; ")}"
        return NativeLibraryException(message, tried, failures.values.last())
    }

    private fun loadFile(file: File) {
        if (!file.isFile) throw IOException("no such file")
        val path = file.absolutePath
        // JNI_OnLoad runs only where it is Java that loads the library: JNA would not call it.
        System.load(path)
        System.setProperty(OVERRIDE_PROPERTY, path)
        uniffiEnsureInitialized()
    }

    private fun loadResource() {
        val resource =
            NativeLibrary::class.java.getResourceAsStream("/$RESOURCES/$SYSTEM/$NAME")
                ?: throw IOException("not bundled; bundled are ${bundled()}")
        val folder = privateFolder()
        val file = File(folder, NAME)
        try {
            // Refuses what is there already: nobody else's file may be loaded.
            if (!file.createNewFile()) throw IOException("$file exists")
            resource.use { from -> file.outputStream().use { to -> from.copyTo(to) } }
            loadFile(file)
        } finally {
            discard(file, folder)
        }
    }

    /** Now, or at the end where a file in use cannot be deleted. What is registered last goes first. */
    private fun discard(file: File, folder: File) {
        if (file.delete() && folder.delete()) return
        folder.deleteOnExit()
        file.deleteOnExit()
    }

    private fun privateFolder(): File {
        val folder = File(System.getProperty("java.io.tmpdir"), "aldis-${UUID.randomUUID()}")
        if (!folder.mkdir()) throw IOException("cannot make the folder $folder")
        // java.nio.file, which does this in one step, is younger than the Androids we support.
        folder.setReadable(false, false)
        folder.setWritable(false, false)
        folder.setExecutable(false, false)
        folder.setReadable(true, true)
        folder.setWritable(true, true)
        folder.setExecutable(true, true)
        return folder
    }

    private fun onLibraryPath(): File {
        val path = System.getProperty("java.library.path").orEmpty()
        return path.split(File.pathSeparatorChar).map { File(it, NAME) }.firstOrNull(File::isFile)
            ?: throw IOException("no $NAME in $path")
    }

    private fun inApk(name: String) = "the app's libraries: lib/$SYSTEM/$name"

    private fun bundled(): String = SYSTEMS
        .filter { (system, name) -> hasResource("/$RESOURCES/$system/$name") }
        .keys
        .joinToString()
        .ifEmpty { "none" }

    private fun hasResource(path: String) = NativeLibrary::class.java.getResource(path) != null

    private const val LIBRARY = "aldis"
    private const val RESOURCES = "dev/aldis/native"
    private const val PATH_PROPERTY = "dev.aldis.library.path"

    /** Read by the generated code. */
    private const val OVERRIDE_PROPERTY = "uniffi.component.$LIBRARY.libraryOverride"

    /** What this machine is called by the folders that hold libraries: an APK's, or else JNA's. */
    private val SYSTEM =
        if (isAndroid()) {
            androidAbi(System.getProperty("os.arch").orEmpty())
        } else {
            Platform.RESOURCE_PREFIX
        }

    /** What this machine's library is called. */
    private val NAME = System.mapLibraryName(LIBRARY)

    /** What JNA's own library is called, which comes in JNA's AAR and not in its jar. */
    private val JNA_NAME = System.mapLibraryName("jnidispatch")

    /** What may be bundled. */
    private val SYSTEMS =
        mapOf(
            "linux-x86-64" to "libaldis.so",
            "linux-aarch64" to "libaldis.so",
            "darwin-x86-64" to "libaldis.dylib",
            "darwin-aarch64" to "libaldis.dylib",
            "win32-x86-64" to "aldis.dll",
        )
}

/**
 * What the folders of an APK call a processor. The kernel names it as this process sees it: to one
 * of 32 bits a newer processor is an `armv8l` or `i686`.
 */
internal fun androidAbi(arch: String): String = when {
    arch == "aarch64" -> "arm64-v8a"
    arch.startsWith("arm") -> "armeabi-v7a"
    arch == "amd64" -> "x86_64"
    Regex("i[3-6]86").matches(arch) -> "x86"
    else -> arch
}

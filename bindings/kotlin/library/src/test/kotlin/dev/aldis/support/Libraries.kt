package dev.aldis.support

import java.io.File

/** The native libraries for this machine, for tests that want them in a folder. */
object Libraries {
    /** `OS-ARCH`, as JNA has it. */
    private val system: File by lazy {
        val folders = File(Programs.root, "target/library/native").listFiles().orEmpty()
        checkNotNull(folders.singleOrNull()) {
            "target/library/native has ${folders.map { it.name }}; run `scripts/build-native`"
        }
    }

    /** Ours, as `scripts/build-native` built it. */
    val aldis: File by lazy { system.walk().first { it.name.startsWith("libaldis.") } }

    /** Takes JNA's out of its jar, which has to be on the class path. */
    fun unpackJna(folder: File): File {
        val extension = if (system.name.startsWith("darwin")) "jnilib" else "so"
        val file = File(folder, "libjnidispatch.$extension")
        val bundled = "/com/sun/jna/${system.name}/${file.name}"
        val stream = checkNotNull(javaClass.getResourceAsStream(bundled)) { "no $bundled" }
        stream.use { from -> file.outputStream().use { from.copyTo(it) } }
        return file
    }
}

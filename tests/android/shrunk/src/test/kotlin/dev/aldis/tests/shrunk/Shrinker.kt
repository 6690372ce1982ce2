package dev.aldis.tests.shrunk

import com.android.tools.r8.ArchiveProgramResourceProvider
import com.android.tools.r8.CompilationMode
import com.android.tools.r8.Diagnostic
import com.android.tools.r8.DiagnosticsHandler
import com.android.tools.r8.JdkClassFileProvider
import com.android.tools.r8.OutputMode
import com.android.tools.r8.R8
import com.android.tools.r8.R8Command
import com.android.tools.r8.origin.Origin
import java.io.File
import java.nio.file.Path
import java.util.zip.ZipFile

/** Shrinks the app, the library and all that they depend on, as a release build of Gradle does. */
internal object Shrinker {
    /** What Maven has built and collected. */
    val jars: List<File> =
        listOf(File("target/app.jar")) + File("target/lib").listFiles().orEmpty().sorted()

    /** Kotlin's own, of which no native code knows. They are most of the work that R8 has. */
    val kotlins: List<File> = jars.filter { it.name.startsWith("kotlin") }

    /**
     * Shrinks in R8's full mode, [unshrunk] apart. What libraries ask for to be kept of attributes is left out:
     * theirs could hide that ours lack something.
     */
    fun shrink(rules: List<String>, into: File, unshrunk: List<File> = emptyList()) {
        val all = listOf(Rules.APP) + rules +
            jars.flatMap(Rules::of).filterNot { it.startsWith("-keepattributes") }
        val command = R8Command
            .builder(Strict)
            .setMode(CompilationMode.RELEASE)
            .addLibraryResourceProvider(JdkClassFileProvider.fromJdkHome(home))
            .addClasspathFiles(unshrunk.map(File::toPath))
            .addProguardConfiguration(all, Origin.unknown())
            .setOutput(into.toPath(), OutputMode.ClassFile)
        (jars - unshrunk).forEach {
            command.addProgramResourceProvider(
                ArchiveProgramResourceProvider.fromArchive(it.toPath()),
            )
        }
        R8.run(command.build())
    }

    /** The names of a jar's classes, with their sizes. */
    fun classes(jar: File): Map<String, Long> = ZipFile(jar).use { zip ->
        zip
            .entries()
            .asSequence()
            .filter { it.name.endsWith(".class") && "META-INF" !in it.name }
            .associate { it.name.removeSuffix(".class").replace('/', '.') to it.size }
    }

    private val home = Path.of(System.getProperty("java.home"))

    /** What an app's developer would be warned of, on account of our rules, is an error. */
    private object Strict : DiagnosticsHandler {
        override fun warning(warning: Diagnostic): Unit = error(warning.diagnosticMessage)

        override fun info(info: Diagnostic) = Unit
    }
}

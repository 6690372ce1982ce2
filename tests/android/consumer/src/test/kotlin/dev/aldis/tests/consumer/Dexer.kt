package dev.aldis.tests.consumer

import com.android.tools.r8.ClassFileResourceProvider
import com.android.tools.r8.CompilationMode
import com.android.tools.r8.D8
import com.android.tools.r8.D8Command
import com.android.tools.r8.Diagnostic
import com.android.tools.r8.DiagnosticsHandler
import com.android.tools.r8.JdkClassFileProvider
import com.android.tools.r8.OutputMode
import com.android.tools.r8.ProgramResource
import com.android.tools.r8.R8
import com.android.tools.r8.R8Command
import java.io.File
import java.lang.module.ModuleFinder
import java.nio.file.Path
import java.util.function.Consumer

/** Makes Android's bytecode of an app and all its libraries, as Gradle does it. */
internal class Dexer(private val program: List<File>, private val android: File) {
    /** As for a release: R8 in full mode. */
    fun release(rules: List<File>, into: File) {
        R8.run(
            R8Command
                .builder(Strict)
                .addProgramFiles(program.map(File::toPath))
                .addLibraryResourceProvider(AndroidsJava)
                .addLibraryFiles(android.toPath())
                .addProguardConfigurationFiles(rules.map(File::toPath))
                .setMinApiLevel(MIN_SDK)
                .setMode(CompilationMode.RELEASE)
                .setOutput(into.toPath(), OutputMode.DexIndexed, false)
                .build(),
        )
    }

    /** As for a debug build: D8, which shrinks nothing. */
    fun debug(into: File) {
        D8.run(
            D8Command
                .builder(Strict)
                .addProgramFiles(program.map(File::toPath))
                .addLibraryResourceProvider(AndroidsJava)
                .addLibraryFiles(android.toPath())
                .setMinApiLevel(MIN_SDK)
                .setMode(CompilationMode.DEBUG)
                .setOutput(into.toPath(), OutputMode.DexIndexed)
                .build(),
        )
    }

    /** A warning is what the developer of an app would be left alone with. */
    private object Strict : DiagnosticsHandler {
        override fun warning(warning: Diagnostic): Unit = error(warning.diagnosticMessage)

        override fun info(info: Diagnostic) = Unit
    }

    private companion object {
        const val MIN_SDK = 24
    }
}

/**
 * The part of Java that Android has: windows, beans and the like are not in it. Robolectric's
 * Android leaves Java to the JVM that it runs on.
 */
private object AndroidsJava : ClassFileResourceProvider {
    private val java = JdkClassFileProvider.fromJdkHome(Path.of(System.getProperty("java.home")))
    private val packages = ModuleFinder
        .ofSystem()
        .findAll()
        .map { it.descriptor() }
        .filter { it.name() in listOf("java.base", "java.logging", "java.sql") }
        .flatMap { it.packages() }
        .toSet()

    override fun getClassDescriptors(): Set<String> = java.classDescriptors.filter(::has).toSet()

    override fun getProgramResource(descriptor: String): ProgramResource? =
        if (has(descriptor)) java.getProgramResource(descriptor) else null

    override fun getProgramResources(consumer: Consumer<ProgramResource>) {
        classDescriptors.forEach { consumer.accept(java.getProgramResource(it)) }
    }

    private fun has(descriptor: String) =
        descriptor.removePrefix("L").substringBeforeLast('/').replace('/', '.') in packages
}

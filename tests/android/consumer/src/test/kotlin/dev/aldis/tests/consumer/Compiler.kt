package dev.aldis.tests.consumer

import org.jetbrains.kotlin.cli.common.ExitCode
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler
import org.jetbrains.kotlinx.serialization.compiler.extensions.SerializationComponentRegistrar
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.PrintStream
import javax.tools.ToolProvider

/** Compiles the app against the libraries and a whole Android. A warning is an error. */
internal class Compiler(private val classPath: List<File>) {
    /** Kotlin first: it reads the sources of Java, which then see its classes. */
    fun compile(sources: List<File>, into: File) {
        kotlin(sources, into)
        java(sources.filter { it.extension == "java" }, into)
    }

    private fun kotlin(sources: List<File>, into: File) {
        val arguments = listOf(
            "-d", into.path,
            "-classpath", path(classPath),
            "-jvm-target", TARGET,
            "-Xplugin=${plugin.path}",
            "-Xjdk-release=$TARGET",
            "-no-stdlib",
            "-Werror",
        )
        val output = ByteArrayOutputStream()
        val status = K2JVMCompiler()
            .exec(PrintStream(output), *(arguments + sources.map { it.path }).toTypedArray())
        check(status == ExitCode.OK) { "Kotlin: $status\n$output" }
    }

    private fun java(sources: List<File>, into: File) {
        val arguments = listOf(
            "-d",
            into.path,
            "-classpath",
            path(classPath + into),
            "--release",
            TARGET,
            "-Werror",
        )
        val output = ByteArrayOutputStream()
        val status = ToolProvider
            .getSystemJavaCompiler()
            .run(null, output, output, *(arguments + sources.map { it.path }).toTypedArray())
        check(status == 0) { "Java: $status\n$output" }
    }

    private fun path(files: List<File>) = files.joinToString(File.pathSeparator)

    /** The one that makes serializers. */
    private val plugin: File =
        File(
            SerializationComponentRegistrar::class.java.protectionDomain.codeSource.location
                .toURI(),
        )

    private companion object {
        const val TARGET = "11"
    }
}

package dev.aldis.tests.shrunk

import dev.aldis.support.Programs
import java.io.File
import java.util.zip.ZipFile

/** Rules for R8 and ProGuard. */
internal object Rules {
    /** Ours, which travel in the AAR, one by one. */
    val ours: List<String> = split(File(Programs.root, "android-lib/consumer-rules.pro").readText())

    /** The app's own: where it begins. */
    const val APP: String =
        "-keep class dev.aldis.tests.shrunk.App { public static void main(java.lang.String[]); }"

    /** Those that a library has in its jar, where Gradle finds them. */
    fun of(jar: File): List<String> = ZipFile(jar).use { zip ->
        val files = zip
            .entries()
            .asSequence()
            .filter { it.name.endsWith(".pro") }
            .toList()
        val forR8 = files.filter { it.name.startsWith("META-INF/com.android.tools/r8/") }
        forR8
            .ifEmpty { files.filter { it.name.startsWith("META-INF/proguard/") } }
            .flatMap { split(zip.getInputStream(it).bufferedReader().readText()) }
    }

    private fun split(text: String): List<String> = text
        .lines()
        .map { it.substringBefore('#').trim() }
        .filter(String::isNotEmpty)
        .fold(emptyList()) { rules, line ->
            val last = rules.lastOrNull()
            val begins = line.startsWith("-") && (last == null || !isCondition(last))
            if (begins || last == null) rules + line else rules.dropLast(1) + "$last\n$line"
        }

    /** What an `-if` stands before belongs to it. */
    private fun isCondition(rule: String) = rule.startsWith("-if ") && "\n-" !in rule
}

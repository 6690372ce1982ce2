package dev.aldis.tests.consumer

import java.nio.ByteBuffer
import java.nio.ByteOrder

/** The alignments of the parts of an ELF file that are loaded. */
internal fun loadAlignments(elf: ByteArray): List<Long> {
    val bytes = ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN)
    check(bytes.getInt(0) == 0x464C457F) { "not an ELF file" }
    val is64 = elf[4].toInt() == 2
    val table = if (is64) bytes.getLong(0x20) else bytes.getInt(0x1C).toLong()
    val size = bytes.getShort(if (is64) 0x36 else 0x2A).toInt()
    val count = bytes.getShort(if (is64) 0x38 else 0x2C).toInt()
    return List(count) { (table + it * size).toInt() }
        .filter { bytes.getInt(it) == 1 }
        .map { if (is64) bytes.getLong(it + 0x30) else bytes.getInt(it + 0x1C).toLong() }
}

/** The names of the classes that a file of Android's bytecode defines. */
internal fun classesOf(dex: ByteArray): List<String> {
    val bytes = ByteBuffer.wrap(dex).order(ByteOrder.LITTLE_ENDIAN)
    val strings = bytes.getInt(0x3C)
    val types = bytes.getInt(0x44)
    val (count, definitions) = bytes.getInt(0x60) to bytes.getInt(0x64)
    return List(count) {
        val type = bytes.getInt(definitions + it * 32)
        val string = bytes.getInt(types + type * 4)
        descriptor(dex, bytes.getInt(strings + string * 4))
    }
}

/** A class as Java names it. The text stands behind its length, and ends with a zero. */
private fun descriptor(dex: ByteArray, at: Int): String {
    val begin = (at until dex.size).first { dex[it] >= 0 } + 1
    val end = (begin until dex.size).first { dex[it] == 0.toByte() }
    val text = String(dex, begin, end - begin, Charsets.UTF_8)
    return text.removePrefix("L").removeSuffix(";").replace('/', '.')
}

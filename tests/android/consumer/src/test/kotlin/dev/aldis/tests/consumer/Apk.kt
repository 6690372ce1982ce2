package dev.aldis.tests.consumer

import org.apache.commons.compress.archivers.zip.ZipFile
import java.io.ByteArrayOutputStream
import java.io.File
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.util.zip.CRC32
import java.util.zip.ZipEntry
import java.util.zip.ZipOutputStream

/** Packs an APK whose entries lie where Android can map them. */
internal class ApkWriter(private val file: File) : AutoCloseable {
    private val out = ByteArrayOutputStream()
    private val zip = ZipOutputStream(out)

    /** Adds what Android maps as it is: not compressed, and aligned. */
    fun store(name: String, bytes: ByteArray, alignment: Int = WORD) {
        zip.flush()
        val entry = ZipEntry(name)
        entry.method = ZipEntry.STORED
        entry.size = bytes.size.toLong()
        entry.crc = CRC32().apply { update(bytes) }.value
        entry.extra = padding(out.size() + HEADER + name.toByteArray().size, alignment)
        zip.putNextEntry(entry)
        zip.write(bytes)
        zip.closeEntry()
    }

    override fun close() {
        zip.close()
        file.writeBytes(out.toByteArray())
    }

    /** The field by which apksigner knows how an entry is aligned, and keeps it so. */
    private fun padding(offset: Int, alignment: Int): ByteArray {
        val least = offset + FIELD
        val zeros = (alignment - least % alignment) % alignment
        return ByteBuffer
            .allocate(FIELD + zeros)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putShort(ALIGNMENT_FIELD)
            .putShort((Short.SIZE_BYTES + zeros).toShort())
            .putShort(alignment.toShort())
            .array()
    }

    private companion object {
        const val WORD = 4

        /** The bytes before the name of an entry. */
        const val HEADER = 30

        /** Tag, length and alignment. */
        const val FIELD = 6
        const val ALIGNMENT_FIELD = 0xD935.toShort()
    }
}

/** What is in an APK. */
internal class Apk(file: File) {
    /** An entry, and where its data begins. */
    class Entry(val name: String, val isStored: Boolean, val offset: Long, val bytes: ByteArray)

    val entries: List<Entry> = ZipFile.builder().setFile(file).get().use { zip ->
        zip.entries.asSequence().toList().map { entry ->
            val bytes = zip.getInputStream(entry).use { it.readBytes() }
            Entry(entry.name, entry.method == ZipEntry.STORED, entry.dataOffset, bytes)
        }
    }

    /** The native libraries. */
    val libraries: List<Entry> = entries.filter { it.name.endsWith(".so") }

    /** The names of the classes, in all files of bytecode. */
    val classes: Set<String> =
        entries.filter { it.name.endsWith(".dex") }.flatMap { classesOf(it.bytes) }.toSet()
}

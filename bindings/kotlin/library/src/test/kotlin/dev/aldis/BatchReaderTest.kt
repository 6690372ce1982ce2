package dev.aldis

import dev.aldis.internal.BatchReader
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.nio.ByteBuffer
import java.nio.ByteOrder

/** Batches are read as the native side lays them out. */
internal class BatchReaderTest {
    @Test
    fun `payloads come in UTF-8 or in Latin-1`() {
        val messages =
            listOf(
                Message("e", "\"plain\"") to true,
                Message("chào", "\"Ü, ÿ and À\"", id = "7") to true,
                Message("chào", "\"đây là Ü\"", id = "") to false,
                Message("e", "\"plain\"") to false,
            )
        val reader = BatchReader()
        reader.reset(messages.map { (message, isLatin1) -> layOut(message, isLatin1) }.sum())
        for ((message, _) in messages) {
            assertTrue(reader.next())
            assertEquals(message, reader.message())
        }
        assertFalse(reader.next())
    }

    private fun layOut(message: Message, isLatin1: Boolean): ByteArray {
        val event = message.event.toByteArray()
        val id = message.id?.toByteArray()
        val data = message.data.toByteArray(if (isLatin1) Charsets.ISO_8859_1 else Charsets.UTF_8)
        val lengths =
            ByteBuffer
                .allocate(12)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(event.size)
                .putInt(id?.size ?: -1)
                .putInt(data.size or if (isLatin1) Int.MIN_VALUE else 0)
        return lengths.array() + event + (id ?: ByteArray(0)) + data
    }

    private fun List<ByteArray>.sum() = fold(ByteArray(0), ByteArray::plus)
}

package dev.aldis.bench.jca

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test
import java.nio.ByteBuffer
import javax.crypto.spec.SecretKeySpec
import kotlin.random.Random

/** Frames are dropped that have to be, and no others. */
class FrameTest {
    private val key = SecretKeySpec(ByteArray(32) { it.toByte() }, "AES")
    private val sealer = Sealer(key)
    private val opener = Opener.checked(key, ownPrefix = sealer.prefix + 1)

    @Test
    fun `what was sealed can be opened, once`() {
        val text = seal("xin chào")
        assertEquals("xin chào", opener.open(frame(text)))
        assertNull(opener.open(frame(text)))
    }

    @Test
    fun `a frame of our own is dropped`() {
        val reflected = frame(seal("text"))
        assertNull(Opener.checked(key, sealer.prefix).open(reflected))
    }

    @Test
    fun `without the checks only what is not authentic is dropped`() {
        val unchecked = Opener.unchecked(key)
        val text = seal("text")
        repeat(2) { assertEquals("text", unchecked.open(frame(text))) }
        assertNull(unchecked.open(frame(tampered(text))))
    }

    @Test
    fun `a frame that was tampered with is dropped, and its IV stays good`() {
        val text = seal("text")
        assertNull(opener.open(frame(tampered(text))))
        assertEquals("text", opener.open(frame(text)))
    }

    @Test
    fun `a frame in another notation is read too`() {
        val spaced = seal("text").replace(":", " : ")
        assertEquals("text", opener.open(frame(spaced)))
        assertNull(Frame.of("""{"event":"chat","data":{}}"""))
    }

    @Test
    fun `a frame is read alike as text and as bytes`() {
        val texts = listOf(seal("one"), seal("two").replace(":", " : "))
        val plaintexts = texts.map { Frame.of(it.toByteArray())?.let(opener::open) }
        assertEquals(listOf("one", "two"), plaintexts)
    }

    @Test
    fun `the seen IVs are those of a plain set`() {
        val random = Random(SEED)
        val model = HashSet<Pair<Long, Int>>()
        val seen = SeenIvs(limit = Int.MAX_VALUE)
        var counter = 0
        repeat(20_000) {
            if (random.nextBoolean()) counter++
            val near = counter + random.nextInt(-2, 3)
            val iv = random.nextLong(3) to if (random.nextInt(8) == 0) random.nextInt() else near
            val bytes = ByteBuffer
                .allocate(12)
                .putLong(iv.first)
                .putInt(iv.second)
                .array()
            assertEquals(model.add(iv), seen.add(bytes), "seed $SEED, $iv")
        }
    }

    @Test
    fun `ids are found wherever they are`() {
        assertEquals("7", idOf("""{"event":"e","data":"x","id":"7"}"""))
        assertEquals("7", idOf("""{"event":"e","data":{"a":1,"id":"5"},"id":"7"}"""))
        assertEquals("7", idOf("""{"id":"7","event":"e","data":{"a":1,"id":"5"}}"""))
        assertEquals("a\"b", idOf("""{"event":"e","data":"x","id":"a\"b"}"""))
        assertNull(idOf("""{"event":"e","data":{"a":1,"id":"5"}}"""))
        assertNull(idOf("""{"event":"e","data":"id"}"""))
        assertNull(idOf("""{"event":"e","data":{"a":1,"id":"5"},"x":"y"}"""))
    }

    private fun seal(text: String): String = sealer.seal(text.toByteArray()).decodeToString()

    private fun tampered(text: String): String {
        val at = text.length - 8
        val other = if (text[at] == 'A') "B" else "A"
        return text.replaceRange(at, at + 1, other)
    }

    private fun frame(text: String): Frame = requireNotNull(Frame.of(text))

    private companion object {
        const val SEED = 1
    }
}

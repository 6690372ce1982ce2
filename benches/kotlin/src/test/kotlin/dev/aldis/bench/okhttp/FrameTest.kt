package dev.aldis.bench.okhttp

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test
import java.nio.ByteBuffer
import javax.crypto.spec.SecretKeySpec
import kotlin.random.Random

/** The baseline drops what it has to, and no more. */
class FrameTest {
    private val key = SecretKeySpec(ByteArray(32) { it.toByte() }, "AES")
    private val sealer = Sealer(key)
    private val opener = Opener(key, ownPrefix = sealer.prefix + 1)

    @Test
    fun `what was sealed can be opened, once`() {
        val text = sealer.seal("xin chào".toByteArray())
        assertEquals("xin chào", opener.open(frame(text)))
        assertNull(opener.open(frame(text)))
        assertEquals(1, opener.dropped)
    }

    @Test
    fun `a frame of our own is dropped`() {
        val reflected = frame(sealer.seal(ByteArray(8)))
        assertNull(Opener(key, sealer.prefix).open(reflected))
    }

    @Test
    fun `a frame that was tampered with is dropped, and its IV stays good`() {
        val text = sealer.seal("text".toByteArray())
        val at = text.length - 8
        val other = if (text[at] == 'A') 'B' else 'A'
        assertNull(opener.open(frame(text.replaceRange(at, at + 1, other.toString()))))
        assertEquals("text", opener.open(frame(text)))
    }

    @Test
    fun `a frame in another notation is read too`() {
        val text = sealer.seal("text".toByteArray())
        val spaced = text.replace(":", " : ")
        assertEquals("text", opener.open(frame(spaced)))
        assertNull(Frame.of("""{"event":"chat","data":{}}"""))
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

    private fun frame(text: String): Frame = requireNotNull(Frame.of(text))

    private companion object {
        const val SEED = 1
    }
}

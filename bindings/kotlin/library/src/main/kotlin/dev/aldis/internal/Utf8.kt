package dev.aldis.internal

/**
 * The text in UTF-8; null where it has half a surrogate pair, which UTF-8 cannot carry.
 *
 * The JDK's encoder is the fastest by far, and writes `?` for such a half: only where there is a
 * `?` does the text itself have to be looked at.
 */
internal fun encodeUtf8(text: String): ByteArray? {
    val bytes = text.toByteArray(Charsets.UTF_8)
    return bytes.takeUnless { REPLACEMENT in it && !isUnicode(text) }
}

/** Whether every surrogate of the text is half of a pair. */
internal fun isUnicode(text: String): Boolean {
    var i = 0
    while (i < text.length) {
        val char = text[i++]
        if (!char.isSurrogate()) continue
        val paired = char.isHighSurrogate() && i < text.length && text[i].isLowSurrogate()
        if (!paired) return false
        i++
    }
    return true
}

private const val REPLACEMENT = '?'.code.toByte()

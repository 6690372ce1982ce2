package dev.aldis.tauri

import android.util.Base64
import java.security.KeyStore

/** The certificates that Android came with and keeps up to date; not those that the user added. */
internal object SystemCertificates {
    /** In DER, in base64. One that was switched off meanwhile is left out. */
    fun read(): List<String> {
        val store = KeyStore.getInstance("AndroidCAStore").apply { load(null, null) }
        return store
            .aliases()
            .asSequence()
            .filter { it.startsWith("system:") }
            .mapNotNull { store.getCertificate(it) }
            .map { Base64.encodeToString(it.encoded, Base64.NO_WRAP) }
            .toList()
    }
}

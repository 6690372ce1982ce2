package dev.aldis.support

import java.io.InputStream
import java.io.OutputStream
import java.security.Key
import java.security.KeyStoreSpi
import java.security.Provider
import java.security.Security
import java.security.cert.Certificate
import java.security.cert.CertificateFactory
import java.util.Collections
import java.util.Date
import java.util.Enumeration

/** Runs something as on an Android device whose key store `AndroidCAStore` has these entries. */
internal suspend fun onAndroid(entries: Map<String, String>, action: suspend () -> Unit) {
    val factory = CertificateFactory.getInstance("X.509")
    val store = AndroidStore(
        entries.mapValues { (_, pem) -> factory.generateCertificate(pem.byteInputStream()) },
    )
    val vm = System.setProperty("java.vm.name", "Dalvik")
    Security.addProvider(store)
    try {
        action()
    } finally {
        Security.removeProvider(store.name)
        System.setProperty("java.vm.name", vm)
    }
}

private class AndroidStore(certificates: Map<String, Certificate>) :
    Provider("AldisTest", "1", "AndroidCAStore for tests") {
    init {
        putService(
            object : Service(this, "KeyStore", "AndroidCAStore", "", null, null) {
                override fun newInstance(parameter: Any?): Any = Entries(certificates)
            },
        )
    }
}

/** What can be asked of Android's store, and nothing else. */
private class Entries(private val certificates: Map<String, Certificate>) : KeyStoreSpi() {
    private var loaded = false

    override fun engineLoad(stream: InputStream?, password: CharArray?) {
        check(stream == null && password == null) { "Android's store takes neither" }
        loaded = true
    }

    override fun engineAliases(): Enumeration<String> {
        check(loaded) { "not loaded" }
        return Collections.enumeration(certificates.keys)
    }

    override fun engineGetCertificate(alias: String): Certificate? = certificates[alias]

    override fun engineContainsAlias(alias: String): Boolean = alias in certificates

    override fun engineIsCertificateEntry(alias: String): Boolean = alias in certificates

    override fun engineSize(): Int = certificates.size

    override fun engineGetCertificateChain(alias: String): Array<Certificate> = nothing()

    override fun engineGetCreationDate(alias: String): Date = nothing()

    override fun engineGetCertificateAlias(certificate: Certificate): String = nothing()

    override fun engineGetKey(alias: String, password: CharArray?): Key = nothing()

    override fun engineIsKeyEntry(alias: String): Boolean = nothing()

    override fun engineDeleteEntry(alias: String) = nothing()

    override fun engineSetCertificateEntry(alias: String, certificate: Certificate) = nothing()

    override fun engineSetKeyEntry(alias: String, key: ByteArray, chain: Array<Certificate>?) =
        nothing()

    override fun engineSetKeyEntry(
        alias: String,
        key: Key,
        password: CharArray?,
        chain: Array<Certificate>?,
    ) = nothing()

    override fun engineStore(stream: OutputStream?, password: CharArray?) = nothing()

    private fun nothing(): Nothing = throw UnsupportedOperationException()
}

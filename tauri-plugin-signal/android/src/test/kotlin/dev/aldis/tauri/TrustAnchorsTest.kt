package dev.aldis.tauri

import dev.aldis.support.onAndroid
import dev.aldis.tauri.support.App
import dev.aldis.tauri.support.RustSide
import kotlinx.coroutines.runBlocking
import org.json.JSONObject
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import java.io.File
import java.security.KeyStore
import java.util.Base64

/** The certificates of a system whose store the tests fill. */
@RunWith(RobolectricTestRunner::class)
@Config(shadows = [RustSide::class], instrumentedPackages = ["app.tauri.plugin"])
internal class TrustAnchorsTest {
    private val app = App()

    @After
    fun close() = app.close()

    @Test
    fun `the certificates of the system are told, and not the user's`() {
        val (one, two, users) = someCertificates()
        val entries = mapOf("system:1.0" to one, "user:2.0" to users, "system:3.0" to two)
        val answer = runBlocking {
            lateinit var answer: RustSide.Answer
            onAndroid(entries.mapValues { (_, der) -> pem(der) }) {
                answer = RustSide.run("trustAnchors")
            }
            answer
        }
        val certificates = JSONObject(answer.success!!).getJSONArray("certificates")
        val expected = setOf(one, two).map(Base64.getEncoder()::encodeToString).toSet()
        assertEquals(expected, List(certificates.length(), certificates::getString).toSet())
    }

    @Test
    fun `that a store cannot be read is an answer, too`() {
        val answer = RustSide.run("trustAnchors")
        val message = JSONObject(answer.error!!).getString("message")
        assertTrue(message, message.startsWith("Android's certificates cannot be read: "))
    }

    /** Three that the JDK trusts, in DER. */
    private fun someCertificates(): List<ByteArray> {
        val file = File(System.getProperty("java.home"), "lib/security/cacerts")
        val store = KeyStore.getInstance(file, null as CharArray?)
        return store
            .aliases()
            .toList()
            .take(n = 3)
            .map { store.getCertificate(it).encoded }
    }

    private fun pem(der: ByteArray): String {
        val text = Base64.getMimeEncoder().encodeToString(der)
        return "-----BEGIN CERTIFICATE-----\n$text\n-----END CERTIFICATE-----\n"
    }
}

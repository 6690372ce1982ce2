package dev.aldis.tests.consumer

import org.w3c.dom.Document
import org.w3c.dom.Element
import java.io.File
import javax.xml.parsers.DocumentBuilderFactory
import javax.xml.transform.TransformerFactory
import javax.xml.transform.dom.DOMSource
import javax.xml.transform.stream.StreamResult

private const val ANDROID = "http://schemas.android.com/apk/res/android"

/** Merges manifests as Gradle does it, as far as these libraries need it. */
internal class Manifests(app: File) {
    private val merged = parse(app.readText())

    /** What the app is called. */
    val applicationId: String = merged.documentElement.getAttribute("package")

    private val application =
        merged.documentElement.children().single { it.tagName == "application" }

    /** Takes over what a library asks for, and what it has. */
    fun merge(library: File) {
        val text = library.readText().replace("\${applicationId}", applicationId)
        parse(text).documentElement.children().forEach { element ->
            when (element.tagName) {
                "uses-sdk" -> check(minSdk(element) <= MIN_SDK) { "$library needs a newer Android" }
                "application" -> element.children().forEach { add(application, it) }
                else -> add(merged.documentElement, element)
            }
        }
    }

    fun write(file: File) {
        val transformer = TransformerFactory.newInstance().newTransformer()
        transformer.transform(DOMSource(merged), StreamResult(file))
    }

    /** What several libraries declare is there once, with what each has to say in it. */
    private fun add(parent: Element, element: Element) {
        val present = parent.children().firstOrNull {
            it.tagName == element.tagName && it.name() == element.name()
        }
        if (present == null) {
            parent.appendChild(merged.importNode(element, true))
        } else {
            element.children().forEach { add(present, it) }
        }
    }

    private fun minSdk(element: Element): Int =
        element.getAttributeNS(ANDROID, "minSdkVersion").ifEmpty { "1" }.toInt()

    private companion object {
        const val MIN_SDK = 24
    }
}

/** The package of a library, after which its class of resources is called. */
internal fun packageOf(manifest: File): String =
    parse(manifest.readText()).documentElement.getAttribute("package")

private fun Element.name(): String = getAttributeNS(ANDROID, "name")

private fun Element.children(): List<Element> =
    List(childNodes.length) { childNodes.item(it) }.filterIsInstance<Element>()

private fun parse(text: String): Document {
    val factory = DocumentBuilderFactory.newInstance().apply { isNamespaceAware = true }
    return factory.newDocumentBuilder().parse(text.byteInputStream())
}

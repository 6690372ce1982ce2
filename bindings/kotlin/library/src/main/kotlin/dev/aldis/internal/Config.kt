package dev.aldis.internal

import dev.aldis.InvalidConfigException
import dev.aldis.OverflowPolicy
import dev.aldis.SignalConfig
import dev.aldis.TlsBackend
import dev.aldis.TlsConfig
import dev.aldis.TrustAnchors
import java.net.URI
import java.net.URISyntaxException
import dev.aldis.ffi.Header as NativeHeader
import dev.aldis.ffi.OverflowPolicy as NativeOverflowPolicy
import dev.aldis.ffi.SignalConfig as NativeConfig
import dev.aldis.ffi.TlsBackend as NativeTlsBackend
import dev.aldis.ffi.TlsConfig as NativeTlsConfig
import dev.aldis.ffi.TrustAnchors as NativeTrustAnchors

/**
 * The configuration for the native side, which checks it.
 *
 * @throws InvalidConfigException a text cannot even be handed over.
 */
internal fun SignalConfig.toNative(): NativeConfig {
    requireUnicode()
    return NativeConfig(
        url = url,
        token = token,
        rooms = rooms.toList(),
        info = info,
        keyField = keyField,
        serverKey = serverKey,
        allowPlaintext = allowPlaintext,
        allowInsecure = allowInsecure,
        headers = headers.map { (name, value) -> NativeHeader(name, value) },
        heartbeatIntervalMs = heartbeatInterval.inWholeMilliseconds,
        pongTimeoutMs = pongTimeout.inWholeMilliseconds,
        probeTimeoutMs = probeTimeout.inWholeMilliseconds,
        dialTimeoutMs = dialTimeout.inWholeMilliseconds,
        authenticationTimeoutMs = authenticationTimeout.inWholeMilliseconds,
        tokenTimeoutMs = tokenTimeout.inWholeMilliseconds,
        maxRetries = maxRetries.toLong(),
        baseIntervalMs = baseInterval.inWholeMilliseconds,
        backoffMultiplier = backoffMultiplier,
        maxIntervalMs = maxInterval.inWholeMilliseconds,
        jitter = jitter,
        maxQueuedEvents = maxQueuedEvents.toLong(),
        maxQueuedBytes = maxQueuedBytes,
        overflow = overflow.toNative(),
        maxOutboxMessages = maxOutboxMessages.toLong(),
        maxOutboxBytes = maxOutboxBytes,
        maxPendingRequests = maxPendingRequests.toLong(),
        maxFrameBytes = maxFrameBytes.toLong(),
        maxInboundBytes = maxInboundBytes.toLong(),
        tls = tls.toNative(),
        proxy = proxy,
    )
}

private fun OverflowPolicy.toNative() = when (this) {
    OverflowPolicy.Backpressure -> NativeOverflowPolicy.BACKPRESSURE
    OverflowPolicy.DropOldest -> NativeOverflowPolicy.DROP_OLDEST
}

private fun TlsConfig.toNative() =
    NativeTlsConfig(backend?.toNative(), trust.toNative(), extraRoots, pins)

private fun TrustAnchors.toNative() = when {
    !isAndroid() -> NativeTrustAnchors.PLATFORM
    this == TrustAnchors.System -> NativeTrustAnchors.ANDROID_SYSTEM
    else -> NativeTrustAnchors.ANDROID_SYSTEM_AND_USER
}

private fun TlsBackend.toNative() = when (this) {
    TlsBackend.Native -> NativeTlsBackend.NATIVE
    TlsBackend.Rustls -> NativeTlsBackend.RUSTLS
}

private fun SignalConfig.requireUnicode() {
    val texts =
        mapOf(
            "url" to listOf(url),
            "token" to listOfNotNull(token),
            "rooms" to rooms,
            "info" to listOf(info),
            "keyField" to listOf(keyField),
            "serverKey" to listOfNotNull(serverKey),
            "headers" to headers.keys + headers.values,
            "tls.extraRoots" to tls.extraRoots,
            "tls.pins" to tls.pins,
            "proxy" to listOfNotNull(proxy),
        )
    for ((field, values) in texts) {
        if (!values.all(::isUnicode)) {
            throw InvalidConfigException(field, "half a surrogate pair; Unicode text is needed")
        }
    }
}

/** Scheme, host, port and path of a URL; what is none may be anything. */
internal fun withoutSecrets(url: String): String {
    val parsed =
        try {
            URI(url)
        } catch (_: URISyntaxException) {
            null
        }
    val host = parsed?.host ?: return "not a URL"
    val port = if (parsed.port < 0) "" else ":${parsed.port}"
    return "${parsed.scheme}://$host$port${parsed.rawPath}"
}

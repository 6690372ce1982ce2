package dev.aldis

/** Which implementation of TLS to use. */
public enum class TlsBackend {
    /** The system's own: SChannel, elsewhere OpenSSL. */
    Native,

    /** rustls with the platform's verifier, where it was built in. */
    Rustls,
}

/** Whose certificates the server's certificate may go back to. */
public enum class TrustAnchors {
    /** Those that the system trusts. On Android the user's own are not among them. */
    System,

    /**
     * Those, and what the user of an Android device has added: an employer's, for instance, or
     * that of a proxy which reads along. Elsewhere the same as [System].
     */
    SystemAndUser,
}

/**
 * How TLS is done.
 *
 * @property backend which implementation; null, the default, for the one that the native library
 * was built with: [TlsBackend.Rustls] on Android and macOS, [TlsBackend.Native] elsewhere.
 * @property trust whose certificates to trust. Default: [TrustAnchors.System].
 * @property extraRoots certificates to trust besides those: PEM, one or more each.
 * @property pins public keys, one of which the server's certificate must have: `sha256/BASE64` of
 * its `SubjectPublicKeyInfo`. Give a spare one too, for the day when the key changes.
 */
public data class TlsConfig
    @JvmOverloads
    constructor(
        public val backend: TlsBackend? = null,
        public val trust: TrustAnchors = TrustAnchors.System,
        public val extraRoots: List<String> = emptyList(),
        public val pins: List<String> = emptyList(),
    )

/** What happens when the client takes events from the native queue more slowly than they come. */
public enum class OverflowPolicy {
    /**
     * Stop reading the socket: TCP holds the server back, and nothing is lost on this side. A
     * server that does not wait for slow clients may drop messages or close the connection.
     */
    Backpressure,

    /** Drop the oldest messages, count them, and tell by [SignalReport.Lagged]. */
    DropOldest,
}

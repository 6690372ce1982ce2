import AldisFFI

extension SignalConfig {
    /// The configuration for the native side, which checks it.
    var native: AldisFFI.SignalConfig {
        AldisFFI.SignalConfig(
            url: url,
            token: token,
            rooms: rooms.sorted(),
            info: info,
            keyField: keyField,
            serverKey: serverKey,
            allowPlaintext: allowsPlaintext,
            allowInsecure: allowsInsecure,
            headers: headers.sorted { $0.key < $1.key }.map(Header.init),
            heartbeatIntervalMs: heartbeatInterval.wholeMilliseconds,
            pongTimeoutMs: pongTimeout.wholeMilliseconds,
            probeTimeoutMs: probeTimeout.wholeMilliseconds,
            dialTimeoutMs: dialTimeout.wholeMilliseconds,
            authenticationTimeoutMs: authenticationTimeout.wholeMilliseconds,
            tokenTimeoutMs: tokenTimeout.wholeMilliseconds,
            maxRetries: Int64(maxRetries),
            baseIntervalMs: baseInterval.wholeMilliseconds,
            backoffMultiplier: backoffMultiplier,
            maxIntervalMs: maxInterval.wholeMilliseconds,
            jitter: usesJitter,
            maxQueuedEvents: Int64(maxQueuedEvents),
            maxQueuedBytes: Int64(maxQueuedBytes),
            overflow: overflow.native,
            maxOutboxMessages: Int64(maxOutboxMessages),
            maxOutboxBytes: Int64(maxOutboxBytes),
            maxPendingRequests: Int64(maxPendingRequests),
            maxFrameBytes: Int64(maxFrameBytes),
            maxInboundBytes: Int64(maxInboundBytes),
            tls: tls.native,
            proxy: proxy
        )
    }
}

extension OverflowPolicy {
    fileprivate var native: AldisFFI.OverflowPolicy {
        switch self {
        case .backpressure: .backpressure
        case .dropOldest: .dropOldest
        }
    }
}

extension TLSConfig {
    fileprivate var native: AldisFFI.TlsConfig {
        // What is beside the platform's anchors is for Android.
        TlsConfig(
            backend: backend?.native,
            trust: .platform,
            extraRoots: extraRoots,
            pins: pins
        )
    }
}

extension TLSBackend {
    fileprivate var native: TlsBackend {
        switch self {
        case .native: .native
        case .rustls: .rustls
        }
    }
}

extension Duration {
    /// As many as fit, for a duration of any length.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (millis, overflows) = seconds.multipliedReportingOverflow(by: 1_000)
        guard !overflows else { return seconds < 0 ? .min : .max }
        // The rest has the sign of the whole, and is less than a second.
        let rest = attoseconds / 1_000_000_000_000_000
        let (sum, sumOverflows) = millis.addingReportingOverflow(rest)
        return sumOverflows ? (seconds < 0 ? .min : .max) : sum
    }
}

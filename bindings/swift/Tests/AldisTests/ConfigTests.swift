import AldisFFI
import Testing

@testable import Aldis

extension Tests {
    @Suite struct Config {
        typealias SignalConfig = Aldis.SignalConfig

        @Test("the defaults are those of the native side")
        func defaults() {
            let url = "wss://example.org/ws"
            let theirs = defaultConfig(url: url)
            let ours = SignalConfig(url: url).native
            for (name, value) in Self.fields(of: theirs) where name != "tls" {
                #expect(Self.fields(of: ours)[name] == value, "\(name)")
            }
            // Which TLS there is, the library knows better.
            #expect(ours.tls?.backend == nil)
            #expect(ours.tls?.trust == theirs.tls?.trust)
        }

        @Test("every setting reaches the native side")
        func everything() {
            var config = SignalConfig(url: "wss://example.com/ws", token: "t", rooms: ["r"])
            config.info = "i"
            config.keyField = "k"
            config.serverKey = "s"
            config.allowsPlaintext = true
            config.allowsInsecure = true
            config.headers = ["h": "v"]
            config.heartbeatInterval = .seconds(21 * 60)
            config.pongTimeout = .milliseconds(22)
            config.probeTimeout = .milliseconds(23)
            config.dialTimeout = .milliseconds(24)
            config.authenticationTimeout = .milliseconds(25)
            config.tokenTimeout = .milliseconds(26)
            config.baseInterval = .milliseconds(27)
            config.maxInterval = .milliseconds(28)
            config.backoffMultiplier = 2.5
            config.usesJitter = false
            config.maxQueuedEvents = 31
            config.maxQueuedBytes = 32
            config.overflow = .dropOldest
            config.maxOutboxMessages = 33
            config.maxOutboxBytes = 34
            config.maxPendingRequests = 35
            config.maxFrameBytes = 36
            config.maxInboundBytes = 37
            config.maxRetries = 38
            config.tls = TLSConfig(backend: .rustls, extraRoots: ["root"], pins: ["pin"])
            config.proxy = "http://proxy:1"
            let native = config.native
            let defaults = Self.fields(of: SignalConfig(url: "wss://example.org/ws").native)
            for (name, value) in Self.fields(of: native) {
                #expect(defaults[name] != value, "\(name)")
            }
            let times: [Int64?] = [
                native.heartbeatIntervalMs, native.pongTimeoutMs, native.probeTimeoutMs,
                native.dialTimeoutMs, native.authenticationTimeoutMs, native.tokenTimeoutMs,
                native.baseIntervalMs, native.maxIntervalMs,
            ]
            #expect(times == [1_260_000, 22, 23, 24, 25, 26, 27, 28])
            let counts: [Int64?] = [
                native.maxQueuedEvents, native.maxQueuedBytes, native.maxOutboxMessages,
                native.maxOutboxBytes, native.maxPendingRequests, native.maxFrameBytes,
                native.maxInboundBytes, native.maxRetries,
            ]
            #expect(counts == [31, 32, 33, 34, 35, 36, 37, 38])
            #expect(native.tls?.extraRoots == ["root"])
            #expect(native.tls?.pins == ["pin"])
        }

        @Test("what is wrong is named by its field")
        func wrong() async throws {
            for url in ["not a URL", "ws://example.org/ws", ""] {
                try await Self.refuses("url") { $0.url = url }
            }
            try await Self.refuses("token") { $0.token = "" }
            try await Self.refuses("rooms") { $0.rooms = ["fine", "ws:mine"] }
            try await Self.refuses("info") { $0.info = "" }
            try await Self.refuses("keyField") { $0.keyField = "token" }
            try await Self.refuses("serverKey") { $0.serverKey = "AAAA" }
            try await Self.refuses("headers") { $0.headers = ["no name": "v"] }
            try await Self.refuses("headers") { $0.headers = ["Host": "example.org"] }
            try await Self.refuses("heartbeatInterval") { $0.heartbeatInterval = .milliseconds(9) }
            try await Self.refuses("heartbeatInterval") {
                $0.heartbeatInterval = .seconds(Int64.max)
            }
            try await Self.refuses("pongTimeout") { $0.pongTimeout = .seconds(660) }
            try await Self.refuses("probeTimeout") { $0.probeTimeout = .zero }
            try await Self.refuses("dialTimeout") { $0.dialTimeout = .seconds(-1) }
            try await Self.refuses("authenticationTimeout") {
                $0.authenticationTimeout = .microseconds(1)
            }
            try await Self.refuses("tokenTimeout") { $0.tokenTimeout = .seconds(3_600) }
            try await Self.refuses("maxRetries") { $0.maxRetries = -1 }
            try await Self.refuses("baseInterval") { $0.baseInterval = .seconds(7_200) }
            try await Self.refuses("backoffMultiplier") { $0.backoffMultiplier = .nan }
            try await Self.refuses("maxInterval") { $0.maxInterval = .seconds(2 * 86_400) }
            try await Self.refuses("maxQueuedEvents") { $0.maxQueuedEvents = 0 }
            try await Self.refuses("maxQueuedBytes") { $0.maxQueuedBytes = 0 }
            try await Self.refuses("maxOutboxMessages") { $0.maxOutboxMessages = 1_000_001 }
            try await Self.refuses("maxOutboxBytes") { $0.maxOutboxBytes = 1 }
            try await Self.refuses("maxPendingRequests") { $0.maxPendingRequests = -5 }
            try await Self.refuses("maxFrameBytes") { $0.maxFrameBytes = 1_000 }
            try await Self.refuses("maxInboundBytes") { $0.maxInboundBytes = .max }
            try await Self.refuses("tls.pins") { $0.tls.pins = ["sha256/short"] }
            try await Self.refuses("tls.extraRoots") { $0.tls.extraRoots = ["nonsense"] }
            try await Self.refuses("proxy") { $0.proxy = "ftp://proxy" }
            try await until("the threads of the library end") { Leftovers.threads.isEmpty }
        }

        @Test("what is shown has no secrets")
        func secrets() {
            var config = SignalConfig(
                url: "wss://user:SECRET@example.org:8443/ws?key=SECRET#SECRET",
                token: "SECRET"
            )
            config.headers = ["Authorization": "SECRET"]
            config.proxy = "http://me:SECRET@proxy:3128"
            let shown = "\(config) \(String(reflecting: config)) \(dumped(config))"
            #expect(!shown.contains("SECRET"), "\(shown)")
            for visible in ["example.org:8443/ws", "Authorization", "proxy:3128"] {
                #expect(shown.contains(visible), "\(shown)")
            }
            let odd = [
                "SECRET", "wss://exa mple/?SECRET", "wss:SECRET", "wss://[SECRET", "?SECRET",
                "//SECRET@",
            ]
            for text in odd {
                var config = SignalConfig(url: text)
                config.proxy = text
                #expect(!"\(config)".contains("SECRET"), "\(config)")
            }
        }

        @Test("a limit out of bounds is taken for the nearest")
        func limits() {
            #expect(BufferingPolicy.holdBack(limit: 0).limit == 1)
            #expect(BufferingPolicy.dropOldest(limit: -1).limit == 1)
            #expect(BufferingPolicy.holdBack(limit: .max).limit == 1_000_000)
            #expect(BufferingPolicy.holdBack() == .holdBack(limit: 1_024))
        }

        private static func fields(of record: Any) -> [String: String] {
            let fields = Mirror(reflecting: record).children.map {
                ($0.label ?? "", String(describing: $0.value))
            }
            return Dictionary(uniqueKeysWithValues: fields)
        }

        private static func refuses(
            _ field: String,
            _ configure: (inout SignalConfig) -> Void
        ) async throws {
            var config = SignalConfig(url: "wss://example.org/ws")
            configure(&config)
            let error = try await failure { try Aldis.SignalClient(config: config) }
            guard case Aldis.ConfigError.invalid(field, _) = error else {
                Issue.record("\(field): \(error)")
                return
            }
            #expect(error.localizedDescription.hasPrefix("\(field): "))
        }
    }
}

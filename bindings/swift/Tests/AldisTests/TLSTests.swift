import Testing

@testable import Aldis

extension Tests {
    @Suite struct TLS {
        @Test("a certificate of nobody we trust is refused, and a root of the app's makes it good")
        func roots() async throws {
            try await withTestBed { bed in
                let proxy = try await bed.secureProxy(bed.aldis())
                let distrusting = try await bed.client(proxy) { $0.maxRetries = 0 }
                let error = try await failure { try await distrusting.connect() } as? ConnectError
                let message = error?.message ?? ""
                #expect(message.contains("certificate"), "\(message)")
                let authority = try #require(proxy.authority)
                let trusting = try await bed.client(proxy) { $0.tls.extraRoots = [authority] }
                #expect(try await trusting.connect().userID == "ann")
            }
        }
    }
}

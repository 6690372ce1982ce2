import AldisFFI
import Foundation

/// The generated client. Its name is also that of ours.
typealias NativeClient = AldisFFI.SignalClient

/// The way from what the native client calls back to that client. Those hold each other, which
/// ends with ``cut()``.
final class NativeLink: Sendable {
    private let native = Locked<NativeClient?>(nil)

    /// The client, until it is closed.
    var client: NativeClient? { native.withLock { $0 } }

    func tie(to client: NativeClient) {
        native.withLock { $0 = client }
    }

    func cut() {
        native.withLock { $0 = nil }
    }
}

/// The native side's listener.
final class NativeListener: AldisFFI.SignalListener {
    private let link: NativeLink
    private let router: Router
    private let states: States

    init(link: NativeLink, router: Router, states: States) {
        self.link = link
        self.router = router
        self.states = states
    }

    func onEvents(events: [SignalEvent]) throws -> Demand {
        router.deliver(events)
    }

    func onState(change: StateChange) throws {
        if let client = link.client { states.refresh(from: client) }
    }

    func onError(error: AldisFFI.SignalError) throws {
        router.report(.problem(code: error.code, message: error.message))
    }
}

/// The app's token provider, as the native side sees it. Its task is cancelled when the client does
/// not want the token any more.
final class NativeTokens: AldisFFI.TokenProvider {
    private let provider: TokenProvider

    init(_ provider: @escaping TokenProvider) {
        self.provider = provider
    }

    func token(request: AldisFFI.TokenRequest) async throws -> String {
        do {
            return try await provider(request == .refused ? .refused : .initial)
        } catch {
            let words = (error as? LocalizedError)?.errorDescription ?? String(describing: error)
            throw TokenFailure.Failed(detail: words)
        }
    }
}

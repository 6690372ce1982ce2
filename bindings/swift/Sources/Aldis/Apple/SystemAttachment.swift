/// What is attached to a client so that it lives as its system wants; nothing where the system
/// tells nothing.
struct SystemAttachment: Sendable {
    #if canImport(Network)
        private let path: PathMonitor?
    #endif
    #if (canImport(UIKit) && !os(watchOS)) || canImport(AppKit)
        private let life: AppLife?
    #endif

    init(_ policy: SystemPolicy, tell: @escaping @Sendable (Hint) -> Void) {
        #if canImport(Network)
            path = policy.followsNetwork ? PathMonitor(tell: tell) : nil
        #endif
        #if (canImport(UIKit) && !os(watchOS)) || canImport(AppKit)
            life = policy.life == .appManaged ? nil : AppLife(policy.life, tell: tell)
        #endif
    }

    func detach() {
        #if canImport(Network)
            path?.cancel()
        #endif
        #if (canImport(UIKit) && !os(watchOS)) || canImport(AppKit)
            life?.cancel()
        #endif
    }
}

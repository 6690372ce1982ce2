#if canImport(UIKit) && !os(watchOS)
    import Foundation
    import UIKit

    /// Listens to the app's comings and goings, and tells what follows from them.
    ///
    /// Sendable, though the compiler cannot see it: `observers` does not change after `init`, and any
    /// thread may take an observer out; all else is Sendable by itself.
    final class AppLife: @unchecked Sendable {
        /// For how long the app stays awake behind the grace, so that the goodbye goes out.
        private static let goodbye: DispatchTimeInterval = .milliseconds(200)

        private let observers: [any NSObjectProtocol]

        init(_ policy: LifePolicy, tell: @escaping @Sendable (Hint) -> Void) {
            let tracker = Locked(LifeTracker(policy))
            let foreground = Locked<DispatchSemaphore?>(nil)
            let center = NotificationCenter.default
            // Without a queue: they are called before the system goes on, which may stop the app.
            let enters = center.addObserver(
                forName: UIApplication.didEnterBackgroundNotification,
                object: nil,
                queue: nil
            ) { _ in
                let background = tracker.withLock { $0.entersBackground() }
                guard let (stay, grace) = background else { return }
                let isBack = DispatchSemaphore(value: 0)
                foreground.withLock { $0 = isBack }
                Self.wait(grace, until: isBack) {
                    if let hint = tracker.withLock({ $0.graceEnded(of: stay) }) { tell(hint) }
                }
            }
            let leaves = center.addObserver(
                forName: UIApplication.willEnterForegroundNotification,
                object: nil,
                queue: nil
            ) { _ in
                let hint = tracker.withLock { $0.entersForeground() }
                _ = foreground.withLock { $0?.signal() }
                if let hint { tell(hint) }
            }
            observers = [enters, leaves]
        }

        func cancel() {
            for observer in observers { NotificationCenter.default.removeObserver(observer) }
        }

        /// Keeps the app awake for the grace, if the system lets it. It works in extensions too, other
        /// than the background tasks of `UIApplication`.
        private static func wait(
            _ grace: Duration,
            until isBack: DispatchSemaphore,
            then end: @escaping @Sendable () -> Void
        ) {
            let grace = DispatchTimeInterval.milliseconds(Int(clamping: grace.wholeMilliseconds))
            ProcessInfo.processInfo.performExpiringActivity(
                withReason: "keeping a connection for a moment"
            ) { isExpired in
                // The system calls again, on another thread, when it wants the app to stop; or once,
                // when there is no time at all.
                guard !isExpired else { return end() }
                _ = isBack.wait(timeout: .now() + grace)
                end()
                _ = isBack.wait(timeout: .now() + goodbye)
            }
        }
    }
#elseif canImport(AppKit)
    import AppKit

    /// Listens to the Mac's sleep, and tells what follows from it.
    ///
    /// Sendable, though the compiler cannot see it: `observer` does not change after `init`, and any
    /// thread may take an observer out.
    final class AppLife: @unchecked Sendable {
        private let observer: any NSObjectProtocol

        init(_: LifePolicy, tell: @escaping @Sendable (Hint) -> Void) {
            observer = NSWorkspace.shared.notificationCenter.addObserver(
                forName: NSWorkspace.didWakeNotification,
                object: nil,
                queue: nil
            ) { _ in
                tell(.resumed)
            }
        }

        func cancel() {
            NSWorkspace.shared.notificationCenter.removeObserver(observer)
        }
    }
#endif

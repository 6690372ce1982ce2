// What Aldis uses of Apple's UIKit, and of a Foundation that goes with it, so that a compiler without
// Apple's SDK can check those uses. Nothing of it is ever run or shipped.

// swift-format-ignore-file

@_exported import Foundation

@MainActor public class UIApplication {
    public nonisolated static let didEnterBackgroundNotification = Notification.Name("background")
    public nonisolated static let willEnterForegroundNotification = Notification.Name("foreground")
}

extension ProcessInfo {
    public func performExpiringActivity(
        withReason reason: String,
        using block: @escaping @Sendable (Bool) -> Void
    ) {}
}

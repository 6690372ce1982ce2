// What Aldis uses of Apple's AppKit, so that a compiler without Apple's SDK can check those uses.
// Nothing of it is ever run or shipped.

// swift-format-ignore-file

@_exported import Foundation

public final class NSWorkspace: Sendable {
    public static let shared = NSWorkspace()
    public static let didWakeNotification = Notification.Name("wake")

    public var notificationCenter: NotificationCenter { .default }
}

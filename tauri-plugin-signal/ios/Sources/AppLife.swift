import UIKit

/// Tells when the app leaves the foreground and when it comes back. In between iOS freezes it, after
/// half a minute if it is asked for that time, else within seconds.
@MainActor
final class AppLife: NSObject {
    /// For saying goodbye to the server, which takes a tenth of it.
    private static let farewell: UInt64 = 1_000_000_000

    private let facts: Facts
    private let keepsRunning: Bool
    private var time = UIBackgroundTaskIdentifier.invalid

    init(_ facts: Facts, keepsRunning: Bool) {
        self.facts = facts
        self.keepsRunning = keepsRunning
    }

    func follow() {
        let center = NotificationCenter.default
        center.addObserver(
            self, selector: #selector(leave),
            name: UIApplication.didEnterBackgroundNotification, object: nil)
        center.addObserver(
            self, selector: #selector(comeBack),
            name: UIApplication.willEnterForegroundNotification, object: nil)
        if UIApplication.shared.applicationState == .background { leave() }
    }

    /// Gives the time back that is left.
    func rest() {
        if time == .invalid { return }
        UIApplication.shared.endBackgroundTask(time)
        time = .invalid
    }

    @objc private func leave() {
        if keepsRunning && time == .invalid {
            time = UIApplication.shared.beginBackgroundTask(withName: "dev.aldis.connection") {
                self.expire()
            }
        }
        facts.tell("background")
        // Without time the app is frozen right behind this.
        if time == .invalid { facts.tell("expiring") }
    }

    @objc private func comeBack() {
        rest()
        facts.tell("foreground")
    }

    private func expire() {
        facts.tell("expiring")
        let expiring = time
        Task {
            try? await Task.sleep(nanoseconds: Self.farewell)
            // iOS ends an app that does not give it back. The next time is not this one.
            if time == expiring { rest() }
        }
    }
}

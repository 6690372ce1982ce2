/// Makes hints out of an app's comings and goings, as a ``LifePolicy`` has it. No clock, no thread.
struct LifeTracker {
    /// Counts the stays in the background: what was begun for one must not end another.
    typealias Stay = Int

    private let grace: Duration?
    private var stay: Stay = 0
    private var isInBackground = false

    /// - Parameter policy: not ``LifePolicy/appManaged``, for which there is nothing to track.
    init(_ policy: LifePolicy) {
        if case .foreground(let grace) = policy { self.grace = grace } else { self.grace = nil }
    }

    /// The app went into the background. What is returned is to be waited for, and then told by
    /// ``graceEnded(of:)``; nothing is where the policy does not mind.
    mutating func entersBackground() -> (stay: Stay, grace: Duration)? {
        guard !isInBackground else { return nil }
        isInBackground = true
        stay += 1
        return grace.map { (stay, $0) }
    }

    /// The grace is over, or the system wants the app to stop.
    func graceEnded(of stay: Stay) -> Hint? {
        isInBackground && stay == self.stay ? .suspended : nil
    }

    /// The app is looked at again.
    mutating func entersForeground() -> Hint? {
        isInBackground = false
        return .resumed
    }
}

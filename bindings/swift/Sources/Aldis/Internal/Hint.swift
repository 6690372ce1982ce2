/// What the system tells a client that it cannot know by itself.
enum Hint: Sendable {
    case networkAvailable
    case networkLost
    case resumed
    case suspended
}

extension NativeClient {
    /// Gives a hint; never waits.
    func take(_ hint: Hint) {
        switch hint {
        case .networkAvailable: networkAvailable()
        case .networkLost: networkLost()
        case .resumed: resumed()
        case .suspended: suspended()
        }
    }
}

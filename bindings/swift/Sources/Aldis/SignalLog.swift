import AldisFFI

/// What the native library writes for people, to the standard error stream. Nothing of it is
/// secret: no token, no key, no payload.
public enum SignalLog {
    /// How much is written.
    public enum Level: Sendable, Hashable {
        /// Nothing.
        case off
        /// What ends something for good.
        case error
        /// What an app should know, such as refused frames and lost connections.
        case warning
        /// Changes of the connection's state.
        case info
        /// What else helps to find a fault.
        case debug
        /// Each step.
        case trace
    }

    /// Sets how much is written, for the whole process; until then it is nothing. The tag is the
    /// second word of each line. Any thread may call it, at any time; the last call holds.
    public static func set(_ level: Level, tag: String = "Aldis") {
        setLog(level: level.native, tag: tag)
    }
}

extension SignalLog.Level {
    fileprivate var native: LogLevel {
        switch self {
        case .off: .off
        case .error: .error
        case .warning: .warn
        case .info: .info
        case .debug: .debug
        case .trace: .trace
        }
    }
}

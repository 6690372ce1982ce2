import Foundation

extension ContinuousClock.Instant {
    /// Since then.
    var nanoseconds: Int {
        let (seconds, attoseconds) = duration(to: .now).components
        return Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
    }
}

/// How long the process has to do nothing to count as quiet, and how often to look.
private let quiet = Duration.milliseconds(50)
private let maxLooks = 60

/// CPU time that does not count, in nanoseconds: looking takes some itself.
private let nothing = 1_000_000

/// Waits until nothing goes on any more: CPU time and memory of the process are read from outside.
func settle() async throws {
    for _ in 0..<maxLooks {
        let before = processNanoseconds()
        try await Task.sleep(for: quiet)
        if processNanoseconds() - before < nothing { return }
    }
}

/// CPU time of all threads.
private func processNanoseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

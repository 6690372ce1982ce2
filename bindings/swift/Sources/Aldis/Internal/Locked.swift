import Foundation

/// A value behind a lock.
///
/// The client is made of locks, not of actors: events come by synchronous calls of a native thread
/// and have to stay in order, while an actor could only be reached from there by a task for each,
/// and tasks do not start in order. Nothing is awaited under a lock, and no lock is held for longer
/// than it takes to move a few values, or to ask the native side for one.
///
/// Sendable, though the compiler cannot see it: `value` is touched under `lock` alone, and what goes
/// in and out has to be `Sendable` itself.
final class Locked<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var value: Value

    init(_ value: Value) {
        self.value = value
    }

    func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        lock.lock()
        defer { lock.unlock() }
        return try body(&value)
    }
}

struct TookTooLong: Error, CustomStringConvertible {
    let limit: Duration

    var description: String { "it is not done after \(limit)" }
}

/// Does something, and cancels it if it takes too long.
func within<Result: Sendable>(
    _ limit: Duration,
    _ action: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result.self) { group in
        group.addTask(operation: action)
        group.addTask {
            try await Task.sleep(for: limit)
            throw TookTooLong(limit: limit)
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw CancellationError() }
        return first
    }
}

import AldisFFI

/// Waits for a call that the native side ends with nothing when it is cancelled, as it is with the
/// task. A result that was there by then is returned all the same: nothing is lost.
func cancelling<Result: Sendable>(
    _ call: (Cancellation) async throws -> Result?
) async throws -> Result {
    let cancellation = Cancellation()
    let result = try await withTaskCancellationHandler {
        try await call(cancellation)
    } onCancel: {
        cancellation.cancel()
    }
    guard let result else { throw CancellationError() }
    return result
}

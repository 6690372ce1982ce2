/// Something that happens once, and that a test waits for or brings about.
final class Signal: Sendable {
    private let stream: AsyncStream<Never>
    private let continuation: AsyncStream<Never>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    func send() {
        continuation.finish()
    }

    /// Waits for it; any number may, one after the other. Cancellation ends the wait too.
    func wait() async {
        for await _ in stream {}
    }
}

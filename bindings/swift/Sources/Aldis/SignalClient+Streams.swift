extension SignalClient {
    /// The messages of one event, or of all without a name; replies to requests apart.
    ///
    /// The stream gets what comes from this call on, in order; what came before is not repeated.
    /// Whoever makes it before ``connect()`` misses nothing. It goes on through reconnects, and ends
    /// when the client is closed, behind what waits in its buffer, or when the task that reads it is
    /// cancelled.
    ///
    /// A stream that nobody reads fills its buffer too: let go of what is not read any more.
    ///
    /// - Parameters:
    ///   - event: the name of the event; nil for all messages.
    ///   - buffering: how many messages may wait, and what happens when there are more.
    public func messages(
        named event: String? = nil,
        buffering: BufferingPolicy = .holdBack()
    ) -> AsyncStream<Message> {
        let subscription = router.openMessages(named: event, buffering)
        return AsyncStream { await subscription.next() }
    }

    /// The payloads of one event, read in the task that reads the stream; otherwise like
    /// ``messages(named:buffering:)``.
    ///
    /// ```swift
    /// for try await order in client.events(of: OrderPlaced.self, named: "order:placed") {
    ///     show(order)
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - type: the type of the payloads.
    ///   - event: the name of the event.
    ///   - buffering: how many messages may wait, and what happens when there are more.
    ///   - undecodable: what happens when a payload is not of that type. Only
    ///     ``UndecodablePolicy/fail`` makes the stream throw, and then a ``PayloadError``.
    public func events<Payload: Decodable & Sendable>(
        of type: Payload.Type = Payload.self,
        named event: String,
        buffering: BufferingPolicy = .holdBack(),
        undecodable: UndecodablePolicy = .report
    ) -> AsyncThrowingStream<Payload, any Error> {
        let subscription = router.openMessages(named: event, buffering)
        return AsyncThrowingStream { [coding, router] in
            while let message = await subscription.next() {
                do {
                    return try coding.decode(type, from: message)
                } catch PayloadError.undecodable(let event, let problem) {
                    guard undecodable == .report else {
                        // Otherwise the stream would ask again.
                        subscription.end()
                        throw PayloadError.undecodable(event: event, problem: problem)
                    }
                    router.report(.undecodable(event: event, problem: problem))
                }
            }
            return nil
        }
    }

    /// Things to know about, from this call on. A stream that is read slowly loses the oldest beyond
    /// 64; they are counted in ``Lag/dropped``. Ends when the client is closed.
    public var reports: AsyncStream<SignalReport> {
        let subscription = router.openReports()
        return AsyncStream { await subscription.next() }
    }
}

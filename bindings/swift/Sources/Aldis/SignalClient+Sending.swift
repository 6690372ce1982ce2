import AldisFFI

extension SignalClient {
    /// Sends a message. Waits while the outbox is full; if it is cancelled meanwhile, the message
    /// is not sent. Taken means handed to the connection, not received by the server: what the
    /// connection loses is lost, and told by ``reports`` where that can be known.
    ///
    /// A `String` becomes a JSON string: for text that is JSON there is
    /// ``sendJSON(_:named:timeToLive:)``.
    ///
    /// - Parameters:
    ///   - payload: what is written as JSON.
    ///   - event: the name of the event.
    ///   - timeToLive: for how long the message may wait for a connection, 1 ms to 24 h; nil to
    ///     fail where there is none.
    /// - Throws: ``SendError``, or the `EncodingError` of a payload that cannot be written.
    public func send(
        _ payload: some Encodable,
        named event: String,
        timeToLive: Duration? = nil
    ) async throws {
        try await sendJSON(coding.encode(payload), named: event, timeToLive: timeToLive)
    }

    /// Sends a message whose payload is JSON text already; otherwise like
    /// ``send(_:named:timeToLive:)``.
    public func sendJSON(
        _ json: String,
        named event: String,
        timeToLive: Duration? = nil
    ) async throws {
        var failures = 0
        while true {
            do {
                return try trySendJSON(json, named: event, timeToLive: timeToLive)
            } catch SendError.outboxFull(let messages, _, _) where messages > 0 {
                // There is something to wait for: what does not fit into an empty one never fits.
            }
            // A large message may not fit into what counts as room, and others may be faster.
            if failures > 0 { try await Task.sleep(for: .milliseconds(2)) }
            failures += 1
            try await cancelling { cancellation in
                let isReady = await native.outboxReadyUntil(
                    hasTtl: timeToLive != nil,
                    cancellation: cancellation
                )
                return isReady ? () : nil
            }
        }
    }

    /// Sends a message now, or throws: never waits. Otherwise like ``send(_:named:timeToLive:)``.
    public func trySend(
        _ payload: some Encodable,
        named event: String,
        timeToLive: Duration? = nil
    ) throws {
        try trySendJSON(coding.encode(payload), named: event, timeToLive: timeToLive)
    }

    /// Sends a message whose payload is JSON text already; otherwise like
    /// ``trySend(_:named:timeToLive:)``.
    public func trySendJSON(
        _ json: String,
        named event: String,
        timeToLive: Duration? = nil
    ) throws {
        try translating {
            try native.send(event: event, data: json, ttlMs: timeToLive?.wholeMilliseconds)
        }
    }

    /// Sends a message and waits for the reply that has its id. If this is cancelled, the reply is
    /// an ordinary message, as is one that comes too late. The reply comes behind what the server
    /// sent before it: where that waits because a stream is read slowly, the reply waits too.
    ///
    /// ```swift
    /// let quote: Quote = try await client.request(Ask(symbol: "BTC"), named: "quote")
    /// ```
    ///
    /// - Parameters:
    ///   - payload: what is written as JSON.
    ///   - event: the name of the event.
    ///   - reply: the type that the reply is read as.
    ///   - timeout: for how long to wait, 1 ms to 24 h.
    /// - Throws: ``RequestError``, the ``PayloadError`` of a reply that is no `Reply`, or the
    ///   `EncodingError` of a payload that cannot be written.
    public func request<Reply: Decodable>(
        _ payload: some Encodable,
        named event: String,
        returning reply: Reply.Type = Reply.self,
        timeout: Duration = .seconds(10)
    ) async throws -> Reply {
        let json = try coding.encode(payload)
        return try coding.decode(
            reply,
            from: await requestJSON(json, named: event, timeout: timeout)
        )
    }

    /// Requests with a payload that is JSON text already; otherwise like
    /// ``request(_:named:returning:timeout:)``.
    public func requestJSON(
        _ json: String,
        named event: String,
        timeout: Duration = .seconds(10)
    ) async throws -> Message {
        let reply = try await translating {
            try await cancelling { cancellation in
                try await native.requestUntil(
                    event: event,
                    data: json,
                    timeoutMs: timeout.wholeMilliseconds,
                    cancellation: cancellation
                )
            }
        }
        return Message(reply)
    }
}

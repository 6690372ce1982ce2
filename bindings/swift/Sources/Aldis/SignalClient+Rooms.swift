import AldisFFI

extension SignalClient {
    /// The rooms that the client wants to be in, connected or not; none after its end.
    public var rooms: Set<String> { Set(native.rooms()) }

    /// Enters rooms, now if connected, and in every session to come. The server does not answer: a
    /// room that it refuses is silence. A message that is sent behind this does not overtake it.
    ///
    /// - Throws: ``RoomError``; none of the rooms was taken then.
    public func join(_ rooms: String...) async throws {
        try await join(rooms)
    }

    /// Enters rooms, however many a collection has; otherwise like the other `join`.
    public func join(_ rooms: some Collection<String> & Sendable) async throws {
        try await change { try native.join(rooms: Array(rooms)) }
    }

    /// Leaves rooms, now if connected, and does not enter them again.
    ///
    /// - Throws: ``RoomError``; none of the rooms was taken then.
    public func leave(_ rooms: String...) async throws {
        try await leave(rooms)
    }

    /// Leaves rooms, however many a collection has; otherwise like the other `leave`.
    public func leave(_ rooms: some Collection<String> & Sendable) async throws {
        try await change { try native.leave(rooms: Array(rooms)) }
    }

    private func change(_ change: () throws -> Void) async throws {
        do {
            return try translating(change)
        } catch RoomError.outboxFull {
            try await cancelling { cancellation in
                let isReady = await native.outboxReadyUntil(
                    hasTtl: false,
                    cancellation: cancellation
                )
                return isReady ? () : nil
            }
        }
        try translating(change)
    }
}

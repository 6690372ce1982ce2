/// The buffer of one stream, or of the delegate. Filled by the router, read by whoever has it.
final class Mailbox<Element: Sendable>: Sendable {
    private struct State {
        var waiting = Queue<Element>()
        var readers: [(id: UInt64, continuation: CheckedContinuation<Element?, Never>)] = []
        var nextReader: UInt64 = 0
        var missed = 0
        var isClosed = false
    }

    /// Beyond what holds the router back: room for what comes from beside it.
    private static var spare: Int { 1_024 }

    private let state = Locked(State())
    private let policy: BufferingPolicy
    private let limit: Int
    private let roomMade: @Sendable () -> Void

    /// Tells by `roomMade`, outside of all locks, when it is no longer full.
    init(_ policy: BufferingPolicy, roomMade: @escaping @Sendable () -> Void) {
        self.policy = policy
        self.limit = policy.limit
        self.roomMade = roomMade
    }

    /// Elements that wait to be read.
    var count: Int { state.withLock { $0.waiting.count } }

    /// Whether nobody is to put more into it now.
    var isFull: Bool {
        policy.holdsBack && state.withLock { $0.waiting.count >= limit }
    }

    /// Adds an element, in whatever state the mailbox is: one that holds back may overflow a
    /// little, since ``isFull`` is asked for behind a batch.
    func put(_ element: Element) {
        let reader = state.withLock { state -> CheckedContinuation<Element?, Never>? in
            guard !state.isClosed else { return nil }
            // Readers wait only where nothing else does.
            if !state.readers.isEmpty { return state.readers.removeFirst().continuation }
            let isOverfull = state.waiting.count >= limit + (policy.holdsBack ? Self.spare : 0)
            if isOverfull { state.missed += 1 }
            // The newest wins where the oldest may go.
            if isOverfull && !policy.holdsBack { _ = state.waiting.popFirst() }
            if !isOverfull || !policy.holdsBack { state.waiting.append(element) }
            return nil
        }
        reader?.resume(returning: element)
    }

    /// How many were dropped since this was asked last.
    func takeMissed() -> Int {
        state.withLock { state in
            defer { state.missed = 0 }
            return state.missed
        }
    }

    /// Waits for an element. Nil at the end, and when the task is cancelled, which takes no element
    /// from anybody.
    func next() async -> Element? {
        // Where something waits, nothing has to be made that could wait for it.
        if let first = takeFirst() { return first }
        let id = state.withLock { state in
            state.nextReader += 1
            return state.nextReader
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                read(id, continuation)
            }
        } onCancel: {
            let reader = state.withLock { state in
                state.readers.firstIndex { $0.id == id }.map { state.readers.remove(at: $0) }
            }
            reader?.continuation.resume(returning: nil)
        }
    }

    private func takeFirst() -> Element? {
        let (first, madeRoom) = state.withLock { takeFirst(from: &$0) }
        if madeRoom { roomMade() }
        return first
    }

    /// The first that waits, and whether there is room since it was taken.
    private func takeFirst(from state: inout State) -> (Element?, Bool) {
        let before = state.waiting.count
        let first = state.waiting.popFirst()
        return (first, first != nil && policy.holdsBack && before == limit)
    }

    private func read(_ id: UInt64, _ continuation: CheckedContinuation<Element?, Never>) {
        var madeRoom = false
        let (answers, element) = state.withLock { state -> (Bool, Element?) in
            let first: Element?
            (first, madeRoom) = takeFirst(from: &state)
            if let first { return (true, first) }
            // The handler that would take the reader out again may have run before.
            if state.isClosed || Task.isCancelled { return (true, nil) }
            state.readers.append((id, continuation))
            return (false, nil)
        }
        if madeRoom { roomMade() }
        if answers { continuation.resume(returning: element) }
    }

    /// Ends it behind what waits in it, or with that.
    func close(discarding: Bool = false) {
        let readers = state.withLock { state in
            state.isClosed = true
            if discarding { state.waiting.removeAll() }
            defer { state.readers = [] }
            return state.readers
        }
        for reader in readers { reader.continuation.resume(returning: nil) }
    }
}

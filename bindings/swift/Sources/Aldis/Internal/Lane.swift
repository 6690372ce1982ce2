import AldisFFI
import CAldis
import Foundation

/// The lane: a shortcut beside UniFFI for messages from the native side. They come as bytes, of which
/// strings are made here, instead of as structures that UniFFI takes apart field by field.
///
/// Lanes have ids: a call for one that was closed finds nobody.
enum Lane {
    /// Who takes what comes by each.
    private static let ends = Locked<[Int64: Router]>([:])

    /// For measuring and testing what happens without.
    private static let isOn = getenv("ALDIS_LANE").map { String(cString: $0) } != "off"

    /// Attaches this end, once for the process.
    private static let isAttached: Bool = {
        aldis_lane_attach { lane, batch, length in
            let router = ends.withLock { $0[lane] }
            let bytes = UnsafeRawBufferPointer(start: batch, count: length)
            return router?.deliver(LaneBatch(bytes)) == .pause ? 1 : 0
        }
        return true
    }()

    /// Lets a router take the messages of a client that has not connected yet. The answer is for
    /// ``close(_:)``; nil where the lane is switched off, and messages come by UniFFI.
    static func open(for client: NativeClient, to router: Router) -> Int64? {
        guard isOn, isAttached, let lane = client.openLane() else { return nil }
        ends.withLock { $0[lane] = router }
        return lane
    }

    /// Lets go of the router.
    static func close(_ lane: Int64) {
        ends.withLock { _ = $0.removeValue(forKey: lane) }
    }
}

/// The messages of a batch, in the layout of `src/lane/batch.rs`. The bytes are those of the native
/// side, and there for as long as it calls.
struct LaneBatch: Sequence, IteratorProtocol {
    /// Stands for the length of an id that is not there.
    private static let noID = UInt32.max

    private var rest: Slice<UnsafeRawBufferPointer>

    init(_ bytes: UnsafeRawBufferPointer) {
        rest = bytes[...]
    }

    mutating func next() -> Message? {
        guard !rest.isEmpty else { return nil }
        let (event, id, data) = (length(), length(), length())
        // As they lie there.
        let (name, number) = (text(event), id == Self.noID ? nil : text(id))
        return Message(event: name, json: text(data), id: number)
    }

    private mutating func length() -> UInt32 {
        let length = UnsafeRawBufferPointer(rebasing: rest).loadUnaligned(as: UInt32.self)
        rest = rest.dropFirst(MemoryLayout<UInt32>.size)
        return UInt32(littleEndian: length)
    }

    private mutating func text(_ length: UInt32) -> String {
        defer { rest = rest.dropFirst(Int(length)) }
        return String(decoding: rest.prefix(Int(length)), as: UTF8.self)
    }
}

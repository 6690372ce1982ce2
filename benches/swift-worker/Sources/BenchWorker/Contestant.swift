/// All contestants, by their names.
let contestants: [String: any Contestant.Type] = [
    "aldis-swift-stream": AldisStream.self,
    "aldis-swift-delegate": AldisDelegate.self,
]

/// A client library in the race. One instance is one connection.
///
/// Only echoes are asked for at once, all else one at a time. Each call hands over and takes typed
/// values: reading and writing their JSON belongs to what is measured.
protocol Contestant: Sendable {
    /// A client of its own that has connected and authenticated, as anybody.
    static func connect(to url: String) async throws -> Self

    /// Messages that came and were thrown away, for whatever reason.
    var dropped: Int { get }

    /// Asks for a flood and returns when all of it was taken. The lot is the app: it is shown every
    /// tick, in order, and what it throws comes out of here.
    func flood(_ order: Flood, into lot: Lot) async throws -> Lot

    /// Sends a tick into the sink. Returns once it is queued; waits while there is no room.
    func sink(_ tick: Tick) async throws

    /// Asks what the sink has counted, behind all that was sent.
    func count() async throws -> SinkCount

    /// Sends a tick and waits for it to come back.
    func echo(_ tick: Tick) async throws -> Tick

    /// Says goodbye and frees everything.
    func close()
}

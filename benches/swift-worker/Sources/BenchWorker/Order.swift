/// A piece of work, as it is written in `benches/rust/src/order.rs`, which explains each.
enum Order: Decodable {
    case receive(Load)
    case send(Load)
    case echo(Load, window: Int)
    case connect(lot: Int, millis: Int)
    case hold(clients: Int)
    case first

    /// Messages of about so many bytes, lot by lot, for so long at least.
    struct Load: Decodable {
        let bytes: Int
        let lot: Int
        let millis: Int
    }

    private enum Key: CodingKey {
        case work, lot, window, millis, clients
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        func number(_ key: Key) throws -> Int { try fields.decode(Int.self, forKey: key) }
        switch try fields.decode(String.self, forKey: .work) {
        case "receive": self = .receive(try Load(from: decoder))
        case "send": self = .send(try Load(from: decoder))
        case "echo": self = .echo(try Load(from: decoder), window: try number(.window))
        case "connect": self = .connect(lot: try number(.lot), millis: try number(.millis))
        case "hold": self = .hold(clients: try number(.clients))
        case "first": self = .first
        default:
            throw DecodingError.dataCorruptedError(
                forKey: .work,
                in: fields,
                debugDescription: "there is no such work"
            )
        }
    }
}

/// What was measured. Times are in nanoseconds.
struct Reading: Encodable {
    /// Messages, echoes or connections; clients of ``Order/hold(clients:)``.
    let count: Int
    let wall: Int
    /// Of single echoes and connections.
    var p50: Int?
    var p99: Int?
}

extension Reading {
    /// What single times say; there is at least one.
    init(of times: [Int], wall: Int) {
        let sorted = times.sorted()
        self.init(
            count: sorted.count,
            wall: wall,
            p50: sorted[sorted.count / 2],
            p99: sorted[min(sorted.count * 99 / 100, sorted.count - 1)]
        )
    }
}

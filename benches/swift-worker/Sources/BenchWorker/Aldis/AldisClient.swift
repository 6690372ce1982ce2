import Aldis

/// What both ways to use Aldis have in common.
protocol AldisClient: Contestant {
    var client: SignalClient { get }

    init(client: SignalClient)
}

extension AldisClient {
    /// A client of its own: the library shares what there is to share.
    static func connect(to url: String) async throws -> Self {
        let client = try SignalClient(config: SignalConfig(url: url, token: "aldis"))
        try await client.connect()
        return Self(client: client)
    }

    var dropped: Int { client.lag.dropped }

    func sink(_ tick: Tick) async throws {
        try await client.send(tick, named: Event.sink)
    }

    func count() async throws -> SinkCount {
        try await client.request(Empty(), named: Event.count, timeout: .seconds(30))
    }

    func echo(_ tick: Tick) async throws -> Tick {
        try await client.request(tick, named: Event.echo)
    }

    func close() {
        client.close()
    }
}

import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Something to connect to.
protocol Server: Sendable {
    /// The URL of its WebSocket.
    var url: String { get }
}

/// Nobody listens there: the port is of no use to servers, and reserved.
struct NoServer: Server {
    let url = "ws://127.0.0.1:1/ws"
}

/// `aldis serve`: keeps the order of messages, and waits for slow clients.
struct AldisServer: Server {
    let address: String
    let process: ChildProcess

    var url: String { "ws://\(address)/ws" }

    init(_ options: [String]) async throws {
        let serve = ["serve", "--listen", "127.0.0.1:0", "--until-eof", "--json"]
        process = try ChildProcess(Programs.aldis, serve + options)
        address = try await process.text("http").replacingOccurrences(of: "http://", with: "")
    }

    /// Publishes as another program does, by `POST /api/publish`; returns the answer.
    func publish(_ body: JSON) async throws -> JSON {
        guard let url = URL(string: "http://\(address)/api/publish") else {
            throw URLError(.badURL)
        }
        var request = URLRequest(url: url)
        request.httpMethod = "POST"
        request.setValue("application/json", forHTTPHeaderField: "content-type")
        request.httpBody = try body.data
        let (answer, response) = try await URLSession.shared.data(for: request)
        guard (response as? HTTPURLResponse)?.statusCode == 200 else {
            let words = String(decoding: answer, as: UTF8.self)
            throw ChildProcess.Failure(description: "\(body) is not published: \(words)")
        }
        return try JSON(parsing: answer)
    }
}

/// `aldis proxy`: a line to a server that fails on command. Each command holds when its call returns.
struct FaultProxy: Server {
    let address: String
    let process: ChildProcess

    /// The authority of its certificate as PEM, where it speaks TLS.
    let authority: String?

    var url: String { "\(authority == nil ? "ws" : "wss")://\(address)/ws" }

    init(before address: String, _ options: [String]) async throws {
        process = try ChildProcess(Programs.aldis, ["proxy", "--upstream", address] + options)
        let listening = try await process.listening()
        self.address = listening.address
        authority = listening.authority
    }

    /// Ends all connections, without a WebSocket close frame. New ones are accepted.
    func cut(_ how: String = "close") async throws {
        try await process.command(["cmd": "cut", "how": .text(how)])
    }

    /// Holds all bytes: senders feel back pressure.
    func stall(_ direction: String = "both") async throws {
        try await process.command(["cmd": "stall", "direction": .text(direction)])
    }

    /// Ends what ``stall(_:)`` began.
    func resume() async throws { try await process.command(["cmd": "resume"]) }

    /// Stops listening. Open connections go on.
    func refuse() async throws { try await process.command(["cmd": "refuse"]) }

    /// Listens again.
    func accept() async throws { try await process.command(["cmd": "accept"]) }

    /// Passes new connections on to another server.
    func leadTo(_ server: AldisServer) async throws {
        try await process.command(["cmd": "upstream", "addr": .text(server.address)])
    }

    /// Waits until so many connections were accepted since the start.
    func untilAccepted(_ connections: Int) async throws {
        try await process.command(
            ["cmd": "wait", "accepted": .integer(connections), "timeout_ms": 60_000]
        )
    }

    /// Waits until so many connections are open.
    func untilOpen(_ connections: Int) async throws {
        try await process.command(
            ["cmd": "wait", "open": .integer(connections), "timeout_ms": 60_000]
        )
    }
}

extension ChildProcess {
    fileprivate func listening() throws -> (address: String, authority: String?) {
        let line = try readLine()
        guard let address = line["addr"] else {
            throw Failure(description: "the proxy did not tell its address")
        }
        return (try address.read(), try line["ca"]?.read())
    }
}

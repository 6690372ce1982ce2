import Aldis

/// Where a scenario takes place.
actor Stage {
    private static let stepLimit = Duration.seconds(60)

    private let scenario: Scenario
    private let bed: TestBed
    private var server: AldisServer
    private let line: FaultProxy?
    private var clients: [String: ScenarioClient] = [:]
    private var begun: [String: Task<Done, any Error>] = [:]
    private var names = Names()

    private init(_ scenario: Scenario, _ bed: TestBed) async throws {
        self.scenario = scenario
        self.bed = bed
        server = try await bed.aldis(options: scenario.serverOptions)
        line =
            if let options = scenario.lineOptions {
                try await bed.proxy(beforeAddress: server.address, options)
            } else { nil }
    }

    /// Does what the steps say; returns what each has seen.
    static func run(_ scenario: Scenario, on bed: TestBed) async throws -> [JSON] {
        let stage = try await Stage(scenario, bed)
        var seen: [JSON] = []
        for (index, step) in scenario.steps.enumerated() {
            do {
                seen.append(try await within(stepLimit) { try await stage.perform(step) })
            } catch {
                throw Mismatch("step \(index + 1), \(step): \(error)")
            }
        }
        let begun = await stage.begun
        guard begun.isEmpty else { throw Mismatch("nobody awaits \(begun.keys.sorted())") }
        return seen
    }

    private func perform(_ step: Step) async throws -> JSON {
        switch try step.read("do", as: String.self) {
        case "await":
            guard let task = try begun.removeValue(forKey: step.read("name")) else {
                throw Mismatch("nothing was begun as that")
            }
            let outcome = await withTaskCancellationHandler {
                await task.result
            } onCancel: {
                task.cancel()
            }
            return try step.judge(outcome, &names)
        case "publish":
            return try await server.publish(names.resolve(step.read("body")))
        case "line":
            try await theLine().process.command(step.read("command"))
        case "stop_server":
            try await server.process.end()
        case "start_server":
            let options = try step["options"]?.read() ?? scenario.serverOptions
            server = try await bed.aldis(options: options)
            try await theLine().leadTo(server)
        default:
            return try await performWithClient(step)
        }
        return [:]
    }

    private func theLine() throws -> FaultProxy {
        guard let line else { throw Mismatch("no client goes through the line") }
        return line
    }

    private func performWithClient(_ step: Step) async throws -> JSON {
        let client: ScenarioClient
        do {
            client = try await self.client(step["client"]?.read() ?? "ann")
        } catch let error as ConfigError {
            return try step.judge(.failure(error), &names)
        }
        switch try step.read("do", as: String.self) {
        case "expect_state", "expect_session", "expect_message", "expect_error":
            return try await expect(step, of: client)
        case "expect_stats":
            try await client.expectStats(step.read("stats"))
            return .object(["stats": try step.read("stats")])
        case "expect_rooms":
            let rooms: [String] = try step.read("rooms")
            try await client.expectRooms(rooms)
            return ["rooms": sorted(rooms)]
        case "expect_who":
            let rooms: [String]? = try step["rooms"]?.read()
            let who = try await client.expectWho(in: rooms)
            try step.require("user_id", of: ["user_id": who.userId.map(JSON.text) ?? .null])
            if let name = step["client_id"] { try names.bind(name.read(), to: who.id) }
            return rooms.map { ["rooms": sorted($0)] } ?? [:]
        case "expect_token_requests":
            try await client.expectTokenRequests(step.read("requests"))
            return .object(["requests": try step.read("requests")])
        default:
            return try await operate(step, client.client)
        }
    }

    /// Takes what a client told until it is what the step looks for; returns all of it.
    private func expect(_ step: Step, of client: ScenarioClient) async throws -> JSON {
        var taken: [JSON] = []
        for await told in client.told {
            let isFound = try told.isFound(by: step, &names)
            taken.append(told.json(data: isFound ? step["data"] : nil))
            if isFound { return .array(taken) }
        }
        throw CancellationError()
    }

    private func operate(_ step: Step, _ client: SignalClient) async throws -> JSON {
        let names = names
        if let name = step["as"] {
            begun[try name.read()] = Task { try await client.perform(step, names) }
            return [:]
        }
        let outcome: Outcome
        do {
            outcome = .success(try await client.perform(step, names))
        } catch {
            outcome = .failure(error)
        }
        return try step.judge(outcome, &self.names)
    }

    /// The client of that name, made if need be.
    private func client(_ name: String) async throws -> ScenarioClient {
        if let client = clients[name] { return client }
        let spec = scenario.client(name)
        let tokens = spec.tokens.map(ScriptedTokens.init)
        var config = try SignalConfig(url: url(spec), token: tokens == nil ? name : nil)
        if spec.isTrustingLine, let authority = line?.authority {
            config.tls.extraRoots = [authority]
        }
        for (setting, value) in spec.settings { try config.set(setting, to: value) }
        let client = try await bed.client(config: config, tokens: tokens?.provider)
        let made = ScenarioClient(client, tokens)
        clients[name] = made
        return made
    }

    private func url(_ spec: ClientSpec) throws -> String {
        let url = spec.isBehindLine ? try theLine().url : server.url
        return url.dropLast("/ws".count) + spec.urlPath
    }
}

/// Without what is there twice, by code points, which Swift's own order is not.
private func sorted(_ texts: [String]) -> JSON {
    let sorted = Set(texts).sorted {
        $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars)
    }
    return .array(sorted.map(JSON.text))
}

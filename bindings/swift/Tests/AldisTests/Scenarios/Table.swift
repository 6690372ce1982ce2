import Foundation
import Testing

/// The table as it is written. Its schema is checked elsewhere.
enum Table {
    private struct File: Decodable {
        let scenarios: [Scenario]
    }

    /// All scenarios, in the order of the table.
    static func read() throws -> [Scenario] {
        let folder = Programs.root.appendingPathComponent("tests/scenarios")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let files = names.filter { $0.hasSuffix(".json") && $0 != "schema.json" }.sorted()
        return try files.flatMap { name in
            let file = folder.appendingPathComponent(name)
            let table = try JSONDecoder().decode(File.self, from: Data(contentsOf: file))
            return table.scenarios.map { scenario in
                var scenario = scenario
                scenario.name = "\(name.dropLast(".json".count)): \(scenario.name)"
                return scenario
            }
        }
    }
}

struct Scenario: Decodable, Sendable {
    /// As it stands in the file; ``Table/read()`` puts the file's before it.
    fileprivate(set) var name: String
    let steps: [Step]
    private let server: [String]?
    private let line: [String]?
    private let clients: [String: ClientSpec]?

    /// The options of the server.
    var serverOptions: [String] { server ?? [] }

    /// The options of the line; nil where no client goes through one.
    var lineOptions: [String]? {
        let isNeeded = clients?.values.contains { $0.isBehindLine } ?? false
        return isNeeded ? line ?? [] : nil
    }

    func client(_ name: String) -> ClientSpec { clients?[name] ?? ClientSpec() }
}

extension Scenario: CustomTestStringConvertible {
    var testDescription: String { name }
}

/// What is not the default of a client.
struct ClientSpec: Decodable, Sendable {
    private enum CodingKeys: String, CodingKey {
        case via, path, tokens, config
        case trustsLine = "trusts_line"
    }

    private var via: String?
    private var path: String?
    private var trustsLine: Bool?
    private var config: [String: JSON]?

    /// What the provider gives at each call, nil for a failure; nil without a provider.
    private(set) var tokens: [String?]?

    var isBehindLine: Bool { via == "line" }

    var isTrustingLine: Bool { trustsLine ?? false }

    var urlPath: String { path ?? "/ws" }

    var settings: [String: JSON] { config ?? [:] }
}

/// A step, by its fields.
struct Step: Decodable, Sendable, CustomStringConvertible {
    private let fields: JSON

    init(from decoder: any Decoder) throws {
        fields = try JSON(from: decoder)
    }

    var description: String { fields.description }

    /// A field that may be lacking.
    subscript(name: String) -> JSON? { fields[name] }

    /// A field that has to be there.
    func read<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
        guard let field = fields[name] else { throw Mismatch("there is no \(name)") }
        return try field.read(as: type)
    }

    func duration(_ name: String) throws -> Duration? {
        try fields[name]?.milliseconds()
    }

    /// Fails unless something has those of its fields that the step has too.
    func require(_ names: String..., of told: JSON) throws {
        for name in names {
            guard let expected = fields[name] else { continue }
            guard let found = told[name], found == expected else {
                throw Mismatch("\(name) is to be \(expected) in \(told)")
            }
        }
    }
}

/// What makes a scenario fail.
struct Mismatch: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

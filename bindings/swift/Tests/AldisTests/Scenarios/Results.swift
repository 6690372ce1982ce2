import Foundation

/// The file with what the scenarios saw, begun anew. One for each way that messages come.
actor Results {
    private let file: URL
    private var lines = Data()

    init() {
        let way = ProcessInfo.processInfo.environment["ALDIS_LANE"] == "off" ? "uniffi" : "lane"
        file = Programs.root.appendingPathComponent("target/scenarios/swift-\(way).jsonl")
        // What another run left there says nothing of this one.
        try? FileManager.default.removeItem(at: file)
    }

    func add(_ scenario: Scenario, _ steps: [JSON]) throws {
        let line: JSON = ["scenario": .text(scenario.name), "steps": .array(steps)]
        lines += try line.data + Data("\n".utf8)
        let folder = file.deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try lines.write(to: file)
    }
}

import Foundation

/// `aldis serve`, which ends when its standard input does: also when this process is killed.
final class DemoServer {
    let url: String
    private let process = Process()
    private let input = Pipe()

    /// Without options every token is taken, as the id of the user.
    init(_ options: String...) throws {
        let output = Pipe()
        process.executableURL = Self.program
        process.arguments = ["serve", "--listen", "127.0.0.1:0", "--until-eof", "--json"] + options
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        // Its one line comes at once, and whole.
        let line = output.fileHandleForReading.availableData
        url = try JSONDecoder().decode(Listening.self, from: line).url
    }

    private struct Listening: Decodable {
        let url: String
    }

    func stop() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    deinit {
        stop()
    }

    /// The one that is named in the environment, or else that of the repository.
    private static var program: URL {
        if let named = ProcessInfo.processInfo.environment["ALDIS_PROGRAM"] {
            return URL(fileURLWithPath: named)
        }
        return URL(fileURLWithPath: #filePath).appendingPathComponent(
            "../../../../target/debug/aldis"
        )
    }
}

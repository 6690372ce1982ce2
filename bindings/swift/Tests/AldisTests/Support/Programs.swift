import Foundation

/// What the tests need besides the library, and how to get what is missing.
enum Programs {
    /// The root of the repository.
    static let root: URL = {
        var folder = URL(fileURLWithPath: #filePath)
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let marker = folder.appendingPathComponent("uniffi.toml").path
            if FileManager.default.fileExists(atPath: marker) { return folder }
        }
        fatalError("no uniffi.toml from \(#filePath) upwards: where is the repository?")
    }()

    /// Whether a sanitizer is watching, which takes memory of its own.
    static let isSanitized = ProcessInfo.processInfo.environment["ALDIS_SANITIZE"] != nil

    /// The `aldis` program: a server, and a line that fails on command.
    static let aldis: URL = {
        let named = ProcessInfo.processInfo.environment["ALDIS_PROGRAM"]
        let program =
            named.map { URL(fileURLWithPath: $0) }
            ?? root.appendingPathComponent("target/debug/aldis")
        guard FileManager.default.isExecutableFile(atPath: program.path) else {
            fatalError(
                "\(program.path) is missing; run `cargo build -p aldis-cli`, or name one in "
                    + "ALDIS_PROGRAM"
            )
        }
        return program
    }()
}

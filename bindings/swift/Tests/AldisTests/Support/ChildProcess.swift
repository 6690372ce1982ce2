import Foundation

/// A program that talks in lines of JSON, and that ends when its standard input does: also when this
/// process is killed. What it has to say to people goes to standard error, which is ours.
actor ChildProcess {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let process = Process()
    private let input = Pipe()
    private let output: FileHandle
    private let name: String
    private var received = Data()
    private var isEnded = false

    init(_ program: URL, _ arguments: [String]) throws {
        let pipe = Pipe()
        output = pipe.fileHandleForReading
        name = ([program.lastPathComponent] + arguments).joined(separator: " ")
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = Programs.root
        process.standardInput = input
        process.standardOutput = pipe
        try process.run()
    }

    /// Its next line. Blocks one thread of the pool, for the moment that the program takes.
    func readLine() throws -> JSON {
        while true {
            if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
                let line = received[received.startIndex..<end]
                received = Data(received[received.index(after: end)...])
                return try JSON(parsing: line)
            }
            let more = output.availableData
            guard !more.isEmpty else { throw Failure(description: "\(name) ended") }
            received.append(more)
        }
    }

    func text(_ key: String) throws -> String {
        guard let text = try readLine()[key] else {
            throw Failure(description: "\(name) did not tell its \(key)")
        }
        return try text.read()
    }

    /// Sends a command, and waits for the answer.
    func command(_ command: JSON) throws {
        input.fileHandleForWriting.write(try command.data + Data("\n".utf8))
        let answer = try readLine()
        guard answer["type"] != "error" else {
            throw Failure(description: "\(name): \(command): \(answer)")
        }
    }

    /// Waits for its end, which may have been before.
    func end() throws {
        guard !isEnded else { return }
        isEnded = true
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}

import Foundation

/// What a client may not leave behind.
enum Leftovers {
    /// The names of the library's threads. None on systems that do not tell.
    static var threads: [String] {
        names.filter { $0.hasPrefix("aldis-") }
    }

    /// How many threads the process has.
    static var threadCount: Int { names.count }

    /// The bytes of memory that the process has in use. Zero on systems that do not tell.
    static var residentBytes: Int {
        let status = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = status.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return (pages ?? 0) * 4_096
    }

    private static var names: [String] {
        let tasks = "/proc/self/task"
        let ids = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
        return ids.compactMap { id in
            let name = try? String(contentsOfFile: "\(tasks)/\(id)/comm", encoding: .utf8)
            return name?.trimmingCharacters(in: .newlines)
        }
    }
}

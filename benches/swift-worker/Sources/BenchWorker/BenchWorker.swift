import Foundation

/// The process of one contestant. It ends with its input, or when work fails.
@main struct BenchWorker {
    static func main() async {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count == 2, let contestant = contestants[arguments[1]] else {
            fail(
                """
                usage: BenchWorker CONTESTANT URL

                Reads an order a line, does it against the server at URL, and answers with a line.
                Contestants are \(contestants.keys.sorted().joined(separator: ", ")).
                """,
                status: 2
            )
        }
        do {
            let worker = Worker(contestant, url: arguments[2])
            // The main thread alone waits for orders: work is done on the others.
            while let line = readLine() {
                print(try await worker.answer(line))
                fflush(nil)
            }
            worker.close()
        } catch {
            fail("\(arguments[1]): \(error)", status: 1)
        }
    }

    private static func fail(_ words: String, status: Int32) -> Never {
        FileHandle.standardError.write(Data("\(words)\n".utf8))
        exit(status)
    }
}

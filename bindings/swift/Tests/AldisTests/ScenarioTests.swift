import Testing

extension Tests {
    /// The scenarios that all languages run; `tests/scenarios/README.md` says what is in them. What
    /// was seen is written down, to be compared with what other languages saw.
    @Suite struct Scenarios {
        private static let results = Results()

        @Test("a client does what the table says", arguments: try Table.read())
        func table(_ scenario: Scenario) async throws {
            let results = Self.results
            var seen: [JSON] = []
            try await withTestBed { seen = try await Stage.run(scenario, on: $0) }
            try await results.add(scenario, seen)
        }
    }
}

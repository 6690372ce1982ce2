import Testing

@testable import Aldis

extension Tests {
    @Suite struct LaneBatches {
        @Test("messages are read as they lie one behind the other")
        func messages() {
            let bytes =
                lengths(2, nil, 6) + Array("é[1, 2]".utf8)
                + lengths(1, 0, 4) + Array("enull".utf8)
                + lengths(1, 2, 6) + Array("ex7\"🦀\"".utf8)
            let messages = bytes.withUnsafeBytes { Array(LaneBatch($0)) }
            #expect(
                messages == [
                    Message(event: "é", json: "[1, 2]", id: nil),
                    Message(event: "e", json: "null", id: ""),
                    Message(event: "e", json: "\"🦀\"", id: "x7"),
                ]
            )
        }

        @Test("a batch without a message has none")
        func nothing() {
            #expect([UInt8]().withUnsafeBytes { Array(LaneBatch($0)) }.isEmpty)
        }

        private func lengths(_ event: UInt32, _ id: UInt32?, _ data: UInt32) -> [UInt8] {
            [event, id ?? .max, data].flatMap { length in
                withUnsafeBytes(of: length.littleEndian) { Array($0) }
            }
        }
    }
}

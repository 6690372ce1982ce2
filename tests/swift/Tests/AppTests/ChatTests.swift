import App
import XCTest

final class ChatTests: XCTestCase {
    func testTwoPeopleChat() async throws {
        // A simulator has the loopback of its Mac: scripts/test-xcframework says where the server is.
        let url = try XCTUnwrap(ProcessInfo.processInfo.environment["ALDIS_URL"])
        let heard = try await chat(at: url, saying: "Can you see the lamp?")
        XCTAssertEqual(heard, "Can you see the lamp?")
    }
}

import Foundation
import Observation
import Testing

@testable import LampChat

/// The whole app but its screen, with the real library and a real server.
@MainActor @Suite(.timeLimit(.minutes(1))) struct ChatModelTests {
    @Test("two people talk in rooms that they enter, and each line is there once")
    func talks() async throws {
        let server = try DemoServer()
        let (ann, ben) = (try await chat(server, "ann"), try await chat(server, "ben"))
        for chat in [ann, ben] { await chat.goes(to: "workshop") }
        await ann.model.say("Is it mended?", in: "workshop")
        await ben.hears("Is it mended?", in: "workshop")
        let mine = ann.lines(in: "workshop").filter { $0.text == "Is it mended?" }
        #expect(mine.map(\.delivery) == [.sent])

        await ben.model.leave("workshop")
        #expect(ben.model.chat?.open == lobby)
        #expect(ben.model.chat?.rooms.map(\.name) == [lobby])
        #expect(ben.model.settings.rooms == [])
        #expect(ann.model.chat?.people == ["ann", "ben"])
    }

    @Test("what is said elsewhere is unread, until its room is opened")
    func unread() async throws {
        let server = try DemoServer()
        let (ann, ben) = (try await chat(server, "ann"), try await chat(server, "ben"))
        await ann.goes(to: "workshop")
        await ben.model.say("Anybody here?", in: lobby)
        await ann.hears("Anybody here?", in: lobby)
        #expect(ann.model.chat?[lobby]?.unread == 1)
        ann.model.open(lobby)
        #expect(ann.model.chat?[lobby]?.unread == 0)
        #expect(ann.model.chat?[lobby]?.firstUnread != nil)
    }

    @Test("what cannot be sent stays, says why, and can be sent again")
    func unsent() async throws {
        let server = try DemoServer()
        let ann = try await chat(server, "ann")
        await ann.model.disconnect()
        await ann.until { $0.connection == .disconnected(reason: nil) }
        await ann.model.say("Later", in: lobby)
        let failed = try #require(ann.lines(in: lobby).first)
        #expect(failed.delivery == .failed(why: "there is no connection"))

        await ann.model.reconnect()
        await ann.model.sayAgain(failed, in: lobby)
        #expect(ann.lines(in: lobby).map(\.delivery) == [.sent])
        #expect(ann.lines(in: lobby).map(\.id) == [failed.id])
    }

    @Test("a connection that is lost says which attempt comes, and when")
    func lost() async throws {
        let server = try DemoServer()
        let ann = try await chat(server, "ann")
        server.stop()
        await ann.until { $0.connection.isWaiting }
        guard case .reconnecting(_, let next?, let reason?) = ann.model.connection else {
            Issue.record("it knows no time, or no reason: \(ann.model.connection)")
            return
        }
        #expect(!reason.isEmpty)
        #expect(ann.model.connection.words(at: next).countdown == "in 0 s")
        await ann.model.disconnect()
        await ann.until { $0.connection.isDisconnected }
        #expect(ann.model.chat != nil)
    }

    @Test("who is refused is told why, and may try again")
    func refused() async throws {
        let server = try DemoServer("--user", "ann=lamp")
        let ann = Person()
        await ann.model.signIn(to: server.url, as: "ann", token: "candle")
        #expect(ann.model.refusal?.code == "auth_rejected")
        #expect(ann.model.chat == nil)
        await ann.model.signIn(to: server.url, as: "ann", token: "lamp")
        #expect(ann.model.refusal == nil)
        #expect(ann.model.chat?.me == "ann")
    }

    @Test("a server that cannot be is told")
    func invalid() async throws {
        let ann = Person()
        await ann.model.signIn(to: "http://example.org", as: "ann")
        #expect(ann.model.refusal?.code == "invalid_config")
        #expect(ann.model.refusal?.message.hasPrefix("url: ") == true)
    }

    @Test("who stops waiting for a connection is not told that it failed")
    func cancelled() async throws {
        let ann = Person()
        // Nobody listens there.
        async let signIn: Void = ann.model.signIn(to: "ws://127.0.0.1:1/ws", as: "ann")
        await ann.until { $0.connection.isWaiting }
        await ann.model.disconnect()
        await signIn
        #expect(ann.model.refusal == nil)
        #expect(ann.model.chat == nil)
        #expect(ann.model.connection == .disconnected(reason: nil))
    }

    @Test("a room that cannot be is a notice")
    func noRoom() async throws {
        let server = try DemoServer()
        let ann = try await chat(server, "ann")
        await ann.model.enter("ws:private")
        #expect(ann.model.notice != nil)
        #expect(ann.model.chat?.rooms.map(\.name) == [lobby])
    }

    @Test("server, name and rooms are remembered, until one signs out")
    func remembers() async throws {
        let server = try DemoServer()
        let ann = try await chat(server, "ann")
        await ann.goes(to: "workshop")
        let next = ChatModel(defaults: ann.defaults)
        #expect(next.settings == Settings(server: server.url, name: "ann", rooms: ["workshop"]))
        await ann.model.signOut()
        #expect(ann.model.chat == nil)
        #expect(ChatModel(defaults: ann.defaults).settings.rooms == [])
    }

    private func chat(_ server: DemoServer, _ name: String) async throws -> Person {
        let person = Person()
        await person.model.signIn(to: server.url, as: name)
        try #require(person.model.refusal == nil)
        return person
    }
}

/// Somebody with the app on a device of their own.
@MainActor private final class Person {
    private let suite = "LampChatTests.\(UUID().uuidString)"
    let defaults: UserDefaults
    let model: ChatModel

    init() {
        defaults = UserDefaults(suiteName: suite) ?? .standard
        model = ChatModel(defaults: defaults)
    }

    deinit {
        UserDefaults.standard.removePersistentDomain(forName: suite)
    }

    func lines(in room: String) -> [Line] {
        model.chat?[room]?.lines ?? []
    }

    /// What it says is passed on: by then the server has let it in.
    func goes(to room: String) async {
        await model.enter(room)
        await model.say("I am here.", in: room)
        #expect(lines(in: room).last?.delivery == .sent)
    }

    func hears(_ text: String, in room: String) async {
        await until { $0.chat?[room]?.lines.contains { $0.text == text } == true }
    }

    /// Waits for the model, which tells when it changes.
    func until(_ condition: @escaping @MainActor (ChatModel) -> Bool) async {
        while !condition(model) {
            await withCheckedContinuation { changed in
                withObservationTracking {
                    _ = condition(model)
                } onChange: {
                    changed.resume()
                }
            }
        }
    }
}

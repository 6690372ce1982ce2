import Foundation
import Observation

/// The app as the screen shows it, and all that can be done with it.
@MainActor @Observable final class ChatModel {
    /// There is one from the first session until we sign out.
    private(set) var chat: Chat?
    private(set) var connection = Connection.disconnected(reason: nil)

    /// Why we could not sign in.
    private(set) var refusal: Failure?

    /// Something to know about, until it was shown.
    var notice: String?

    var hasNotice: Bool {
        get { notice != nil }
        set { if !newValue { notice = nil } }
    }

    private var drafts: [String: String] = [:]

    /// What is written in a room, and not sent.
    subscript(draft room: String) -> String {
        get { drafts[room] ?? "" }
        set { drafts[room] = newValue.isEmpty ? nil : newValue }
    }

    /// A line that is to be shown, until it was.
    var target: Place?

    private(set) var settings: Settings {
        didSet { defaults.chatSettings = settings }
    }

    @ObservationIgnored private let defaults: UserDefaults
    @ObservationIgnored private var transport: Transport?
    @ObservationIgnored private var listeners: [Task<Void, any Error>] = []

    init(defaults: UserDefaults = .standard) {
        self.defaults = defaults
        settings = defaults.chatSettings
    }

    // MARK: Coming and going

    /// Connects for the first time. Why it failed is in ``refusal``.
    func signIn(to server: String, as name: String, token: String = "") async {
        refusal = nil
        settings.server = server
        settings.name = name
        do {
            // The demo server takes the token for the user's id.
            let token = token.isEmpty ? name : token
            let transport = try Transport(to: server, token: token, rooms: [lobby] + settings.rooms)
            self.transport = transport
            watch(transport)
            // It listens before it connects, and misses nothing; lines wait until there are rooms.
            let said = transport.said()
            try await transport.connect()
            chat = Chat(me: name, rooms: settings.rooms)
            hear(said)
        } catch {
            hangUp()
            let failure = Failure(of: error)
            refusal = failure.isWanted ? nil : failure
        }
    }

    /// Connects again; an attempt that is waited for begins now.
    func reconnect() async {
        // Why a connection does not come about is said by the banner.
        try? await transport?.connect()
    }

    /// Stops the connection, and what is tried for it: a ``signIn(to:as:token:)`` that waits ends.
    func disconnect() async {
        await transport?.disconnect()
    }

    /// Forgets what was said, and where.
    func signOut() async {
        await disconnect()
        hangUp()
        chat = nil
        notice = nil
        drafts = [:]
        target = nil
        settings.rooms = []
    }

    private func hangUp() {
        for listener in listeners { listener.cancel() }
        listeners = []
        transport?.close()
        transport = nil
        connection = .disconnected(reason: nil)
    }

    // MARK: Rooms

    /// Enters a room, or opens one that we are in.
    func enter(_ room: String) async {
        guard chat?[room] == nil else { return open(room) }
        guard await attempt({ try await $0.join(room) }) else { return }
        chat?.enter(room)
        if !settings.rooms.contains(room) { settings.rooms.append(room) }
    }

    func leave(_ room: String) async {
        guard await attempt({ try await $0.leave(room) }) else { return }
        chat?.leave(room)
        drafts[room] = nil
        settings.rooms.removeAll { $0 == room }
    }

    func open(_ room: String) {
        chat?.open(room)
    }

    /// Opens a room at one of its lines.
    func show(_ place: Place) {
        open(place.room)
        target = place
    }

    // MARK: Saying

    /// Says something; what cannot be sent stays, and says why.
    func say(_ text: String, in room: String) async {
        await say(Line(id: UUID().uuidString, from: "", text: text, at: Date()), in: room)
    }

    /// Sends a line of ours once more: it goes to the end, as others will see it there.
    func sayAgain(_ line: Line, in room: String) async {
        if line.hasFailed { await say(line, in: room) }
    }

    private func say(_ line: Line, in room: String) async {
        guard let me = chat?.me, let transport else { return }
        let line = Line(id: line.id, from: me, text: line.text, at: Date(), delivery: .sending)
        chat?.change(room) { $0.write(line) }
        var delivery = Line.Delivery.sent
        do {
            try await transport.say(Said(room: room, from: me, text: line.text, id: line.id))
        } catch {
            delivery = .failed(why: Failure(of: error).whyUnsent)
        }
        chat?.change(room) { $0.settle(line.id, delivery) }
    }

    /// Does something on the connection, and returns whether it went well; if not, that is a notice.
    private func attempt(_ action: (Transport) async throws -> Void) async -> Bool {
        guard let transport else { return false }
        do {
            try await action(transport)
            return true
        } catch {
            notice = Failure(of: error).message
            return false
        }
    }

    // MARK: Hearing

    /// Shows what comes from rooms. The loop ends with the client, which it does not hold.
    private func hear(_ said: AsyncThrowingStream<Said, any Error>) {
        listeners.append(
            Task { [weak self] in
                for try await line in said where !Task.isCancelled {
                    self?.chat?.hear(line, at: Date())
                }
            }
        )
    }

    /// Shows where the connection stands, and what else there is to know. The loops end with the
    /// client, too.
    private func watch(_ transport: Transport) {
        let (connections, notices) = (transport.connections(), transport.notices())
        listeners = [
            Task { [weak self] in
                for await connection in connections where !Task.isCancelled {
                    self?.connection = connection
                }
            },
            Task { [weak self] in
                for await notice in notices where !Task.isCancelled { self?.notice = notice }
            },
        ]
    }
}

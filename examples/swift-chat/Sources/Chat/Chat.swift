import Aldis
import Foundation

/// What people say to each other.
struct Line: Codable, Sendable {
    let from: String
    let text: String
}

/// What the demo server passes on to everybody in a room.
struct ToRoom: Encodable, Sendable {
    let room: String
    let event: String
    let data: Line
}

/// What the demo server answers when it is asked who one is.
struct Me: Decodable {
    let rooms: [String]
}

/// `Chat URL NAME ROOM`: what you type goes to everybody in the room.
@main struct Chat {
    static func main() async throws {
        guard CommandLine.arguments.count == 4 else { return show("usage: Chat URL NAME ROOM") }
        let (url, name) = (CommandLine.arguments[1], CommandLine.arguments[2])
        let room = CommandLine.arguments[3]
        do {
            // The demo server takes the token for the user's id; yours comes from your own API.
            let config = SignalConfig(url: url, rooms: [room])
            let client = try SignalClient(config: config) { _ in name }
            try await chat(client, as: name, in: room)
            await client.disconnect()
        } catch let error as any SignalError {
            show("\(error)")
        }
    }

    /// Shows what happens, and says what is typed, until there is no more.
    static func chat(_ client: SignalClient, as name: String, in room: String) async throws {
        // They are made before it connects, and miss nothing.
        let (states, lines) = (client.states, client.events(of: Line.self, named: "chat"))
        Task { for await state in states { show(describe(state)) } }
        Task { for try await line in lines { show("\(line.from): \(line.text)") } }
        try await client.connect()
        let me: Me = try await client.request([String: String](), named: "who")
        show(me.rooms.contains(room) ? "[in \(room)]" : "[kept out of \(room)]")
        for await text in typed() {
            let line = ToRoom(room: room, event: "chat", data: Line(from: name, text: text))
            // Said while the line is down, it waits for a moment.
            try await client.send(line, named: "room", timeToLive: .seconds(30))
        }
    }

    static func describe(_ state: ConnectionState) -> String {
        switch state {
        case .authenticated(let session): "[authenticated as \(session.userID ?? "nobody")]"
        case .reconnecting(_, _, let retryIn?): "[reconnecting in \(retryIn)]"
        default: "[\(state.name)]"
        }
    }

    /// The lines of standard input. Reading blocks, so that it has a thread of its own.
    static func typed() -> AsyncStream<String> {
        AsyncStream { continuation in
            Thread.detachNewThread {
                while let line = readLine() { continuation.yield(line) }
                continuation.finish()
            }
        }
    }

    static func show(_ line: String) {
        FileHandle.standardOutput.write(Data("\(line)\n".utf8))
    }
}

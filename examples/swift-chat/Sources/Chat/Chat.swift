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

/// `Chat URL NAME ROOM`: what you type goes to everybody in the room.
@main struct Chat {
    static func main() async {
        let arguments = CommandLine.arguments
        guard arguments.count == 4 else { return show("usage: Chat URL NAME ROOM") }
        do {
            try await chat(at: arguments[1], as: arguments[2], in: arguments[3])
        } catch {
            show(error.localizedDescription)
        }
    }

    static func chat(at url: String, as name: String, in room: String) async throws {
        // The demo server takes the token for the user's id; yours comes from your own API.
        let client = try SignalClient(config: SignalConfig(url: url, rooms: [room])) { _ in name }
        // They are made before it connects, and miss nothing.
        let (states, lines) = (client.states, client.events(of: Line.self, named: "chat"))
        Task { for await state in states { show("[\(state.name)]") } }
        Task { for try await line in lines { show("\(line.from): \(line.text)") } }
        try await client.connect()
        // A join is not answered: who wants to know asks.
        struct Me: Decodable { let rooms: [String] }
        let me: Me = try await client.request([String: String](), named: "who")
        show(me.rooms.contains(room) ? "[in \(room)]" : "[kept out of \(room)]")

        let (typed, keyboard) = AsyncStream<String>.makeStream()
        // Reading blocks, so that it has a thread of its own.
        Thread.detachNewThread {
            while let line = readLine() { keyboard.yield(line) }
            keyboard.finish()
        }
        for await text in typed {
            let line = ToRoom(room: room, event: "chat", data: Line(from: name, text: text))
            // Said while the line is down, it waits for a moment.
            try await client.send(line, named: "room", timeToLive: .seconds(30))
        }
        await client.disconnect()
    }

    static func show(_ line: String) {
        FileHandle.standardOutput.write(Data("\(line)\n".utf8))
    }
}

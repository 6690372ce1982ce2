import Foundation
import Testing

@testable import Aldis

extension Tests {
    @Suite struct Messages {
        @Test("typed messages go out and come in")
        func typed() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                let echoes = client.events(of: Text.self, named: "echo")
                try await client.send(Text(text: "one"), named: "echo")
                try client.trySend(Text(text: "two"), named: "echo")
                #expect(try await echoes.first(2) == [Text(text: "one"), Text(text: "two")])
            }
        }

        @Test("payloads may be written and read in another way")
        func coding() async throws {
            try await withTestBed { bed in
                let coding = PayloadCoding(
                    encoder: {
                        let encoder = JSONEncoder()
                        encoder.dateEncodingStrategy = .iso8601
                        return encoder
                    },
                    decoder: {
                        let decoder = JSONDecoder()
                        decoder.dateDecodingStrategy = .iso8601
                        return decoder
                    }
                )
                let config = SignalConfig(url: try await bed.aldis().url, token: "ann")
                let client = try SignalClient(config: config, coding: coding)
                let messages = client.messages(named: "echo")
                try await client.connect()
                let date = Date(timeIntervalSince1970: 0)
                try await client.send([date], named: "echo")
                let message = try await messages.first(1)[0]
                #expect(message.json == #"["1970-01-01T00:00:00Z"]"#)
                #expect(try message.decode([Date].self, coding: coding) == [date])
                #expect(try await client.request([date], named: "echo") == [date])
                client.close()
            }
        }

        @Test("JSON goes out as it is, and comes in as it is")
        func json() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                var messages = client.messages().makeAsyncIterator()
                let texts = ["null", "true", "-0.10e+2", "\"\"", "[ 1,2 ]", #"{"b":1, "a":{}}"#]
                for text in texts {
                    try await client.sendJSON(text, named: "echo")
                    #expect(await messages.next()?.json == text)
                    try client.trySendJSON(text, named: "echo")
                    #expect(await messages.next()?.json == text)
                }
            }
        }

        @Test("a message has a name, a payload and no id")
        func parts() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                let messages = client.messages()
                try await client.send(Text(text: "hello"), named: "echo")
                let expected = Message(event: "echo", json: #"{"text":"hello"}"#, id: nil)
                #expect(try await messages.first(1) == [expected])
            }
        }

        @Test("a stream gets only the events that it asked for")
        func named() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                let answers = client.messages(named: "who")
                try await client.send(Text(text: "not this"), named: "echo")
                try await client.send(NoPayload(), named: "who")
                #expect(try await answers.first(1).map(\.event) == ["who"])
            }
        }

        @Test("every stream gets every event")
        func all() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                let typed = client.events(of: Text.self, named: "echo")
                let messages = client.messages(named: "echo")
                try await client.send(Text(text: "both"), named: "echo")
                #expect(try await typed.first(1) == [Text(text: "both")])
                #expect(try await messages.first(1).map(\.json) == [#"{"text":"both"}"#])
            }
        }

        @Test("who has a stream before the connection stands misses nothing")
        func early() async throws {
            try await withTestBed { bed in
                let server = try await bed.aldis()
                let sender = try await bed.connected(server, token: "ben")
                let client = try await bed.client(server)
                let hellos = client.messages(named: "hello")
                try await client.connect()
                _ = try await sender.requestJSON(#"{"event":"hello","data":1}"#, named: "broadcast")
                #expect(try await hellos.first(1).map(\.json) == ["1"])
            }
        }

        @Test("any Unicode survives both directions")
        func unicode() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                var echoes = client.events(of: Text.self, named: "echo").makeAsyncIterator()
                for text in Self.unicode {
                    try await client.send(Text(text: text), named: "echo")
                    let echo = try await echoes.next()
                    // Swift finds texts equal that are composed in different ways.
                    #expect(echo.map { Array($0.text.utf8) } == Array(text.utf8))
                }
            }
        }

        @Test("names of events may be any Unicode")
        func unicodeNames() async throws {
            struct Broadcast: Encodable {
                let event: String
                let data = NoPayload()
            }
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                for name in Self.unicode where !name.isEmpty {
                    let messages = client.messages(named: name)
                    _ = try await client.request(
                        Broadcast(event: name),
                        named: "broadcast",
                        returning: NoPayload.self
                    )
                    #expect(try await messages.first(1).map(\.event) == [name])
                }
            }
        }

        @Test("payloads of 90 kB go both directions")
        func large() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                let text = Text(text: String(repeating: "x", count: 90_000))
                let echoes = client.events(of: Text.self, named: "echo")
                for _ in 0..<3 { try await client.send(text, named: "echo") }
                #expect(try await echoes.first(3) == [text, text, text])
            }
        }

        @Test("a message from the server may be larger by far")
        func larger() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                let bigs = client.events(of: Text.self, named: "big")
                try await client.sendJSON(#"{"bytes":4000000}"#, named: "big")
                #expect(try await bigs.first(1)[0].text.utf8.count == 4_000_000)
            }
        }

        @Test("a message that is too large is refused with its size and the limit")
        func tooLarge() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                let payload = "\"" + String(repeating: "x", count: 98_300) + "\""
                for send in client.waysToSend {
                    let error = try await failure { try await send(payload, "echo") }
                    guard case SendError.messageTooLarge(let size, let limit, _) = error else {
                        Issue.record(error)
                        continue
                    }
                    #expect(limit == 98_240)
                    // The payload, its quotes, and the envelope with the event's name.
                    #expect(size == #"{"event":"echo","data":""}"#.utf8.count + 98_300)
                }
            }
        }

        @Test("what is not JSON is refused")
        func notJSON() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                for text in ["", "{", "hello", "{} {}", "'a'", "NaN", "\0"] {
                    for send in client.waysToSend {
                        let error = try await failure { try await send(text, "echo") } as? SendError
                        #expect(error?.code == "payload_not_json")
                    }
                }
            }
        }

        @Test("names that belong to the protocol are refused")
        func reservedNames() async throws {
            let names = [
                "authenticate", "connected", "encrypted", "heartbeat", "join", "leave", "",
            ]
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                for name in names {
                    for send in client.waysToSend {
                        let error = try await failure { try await send("1", name) } as? SendError
                        let code = name.isEmpty ? "event_name_empty" : "event_name_reserved"
                        #expect(error?.code == code)
                    }
                }
            }
        }

        @Test("a payload that cannot be written is the caller's error")
        func unwritable() async throws {
            try await withTestBed { bed in
                let client = try await bed.connected(bed.aldis())
                let error = try await failure { try await client.send([Double.nan], named: "echo") }
                #expect(error is EncodingError)
            }
        }

        @Test("nothing is sent without a connection")
        func notConnected() async throws {
            try await withTestBed { bed in
                let client = try await bed.client(bed.aldis())
                func refuses() async throws {
                    for send in client.waysToSend {
                        let error = try await failure { try await send("1", "echo") } as? SendError
                        #expect(error?.code == "not_connected")
                    }
                }
                try await refuses()
                try await client.connect()
                await client.disconnect()
                try await refuses()
            }
        }

        private static let unicode = [
            "", "Grüße", "日本語", "שלום عليكم", "👩‍👩‍👧‍👦 🏳️‍🌈 😀", "e\u{301} \u{e9}",
            "\0\u{1}\u{1f}\u{7f}", "\"\\/\u{8}\n\r\t", "\u{2028}\u{2029}\u{feff}\u{fffd}\u{ffff}",
            "\u{10ffff}",
        ]
    }
}

extension SignalClient {
    fileprivate var waysToSend: [(String, String) async throws -> Void] {
        [
            { json, event in try await self.sendJSON(json, named: event) },
            { json, event in try self.trySendJSON(json, named: event) },
        ]
    }
}

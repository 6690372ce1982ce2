import Foundation

/// A decrypted message of the application.
public struct Message: Sendable, Hashable {
    /// The name of the event.
    public let event: String

    /// The payload as JSON text, exactly as the peer wrote it; `null` where it sent none.
    public let json: String

    /// The id that ties a reply to its request, where there is one.
    public let id: String?

    /// Reads the payload. A message does not know its client: a ``PayloadCoding`` that the client was
    /// given is to be given here too.
    ///
    /// - Throws: ``PayloadError`` where it is no `Payload`.
    public func decode<Payload: Decodable>(
        _ type: Payload.Type = Payload.self,
        coding: PayloadCoding = PayloadCoding()
    ) throws -> Payload {
        try coding.decode(type, from: self)
    }
}

extension Message: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The event and sizes only: the payload is the application's secret.
    public var description: String {
        "Message(event: \(event), bytes: \(json.utf8.count), id: \(id ?? "none"))"
    }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// What `dump` shows: no payload either.
    public var customMirror: Mirror {
        Mirror(self, children: ["event": event, "bytes": json.utf8.count, "id": id as Any])
    }
}

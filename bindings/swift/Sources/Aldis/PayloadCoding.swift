import Foundation

/// How payloads are written as JSON, and read. Fields that a type does not know are passed over, so
/// that a server may add some.
public struct PayloadCoding: Sendable {
    private let makeEncoder: @Sendable () -> JSONEncoder
    private let makeDecoder: @Sendable () -> JSONDecoder

    /// Uses Foundation's coders as they are, or as you make them.
    ///
    /// ```swift
    /// let coding = PayloadCoding(decoder: {
    ///     let decoder = JSONDecoder()
    ///     decoder.dateDecodingStrategy = .iso8601
    ///     return decoder
    /// })
    /// ```
    ///
    /// Each is called for every payload, on any thread: coders cannot be shared by threads in every
    /// version of Foundation, and cost little.
    public init(
        encoder: @escaping @Sendable () -> JSONEncoder = { JSONEncoder() },
        decoder: @escaping @Sendable () -> JSONDecoder = { JSONDecoder() }
    ) {
        makeEncoder = encoder
        makeDecoder = decoder
    }

    /// Writes a payload. What the encoder throws is the caller's own, and says what it minds.
    func encode(_ payload: some Encodable) throws -> String {
        String(decoding: try makeEncoder().encode(payload), as: UTF8.self)
    }

    /// Reads a payload. Whatever it makes the decoder or the type throw becomes one error without a
    /// word of the payload, which the originals may quote.
    func decode<Payload: Decodable>(
        _ type: Payload.Type,
        from message: Message
    ) throws -> Payload {
        do {
            return try makeDecoder().decode(type, from: Data(message.json.utf8))
        } catch {
            let problem = "no \(type): \(Self.problem(of: error))"
            throw PayloadError.undecodable(event: message.event, problem: problem)
        }
    }

    private static func problem(of error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "it lacks `\(key.stringValue)`"
        case DecodingError.typeMismatch(let type, _): "something in it is no \(type)"
        case DecodingError.valueNotFound(let type, _): "it has null where a \(type) is needed"
        case DecodingError.dataCorrupted: "something in it has a form that is not taken"
        default: "\(type(of: error))"
        }
    }
}

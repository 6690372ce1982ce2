import Foundation

/// A payload of the table: a value, or JSON text that is taken by the letter.
struct Payload: Sendable {
    /// The payload as the step has it.
    let asWritten: JSON

    private var verbatim: String? {
        guard case .object(let fields) = asWritten, fields.count == 1 else { return nil }
        if case .text(let text) = fields["$json"] { return text }
        return nil
    }

    /// What is sent.
    func json(_ names: Names) throws -> String {
        try verbatim ?? String(decoding: names.resolve(asWritten).data, as: UTF8.self)
    }

    /// Fails if what came is something else.
    func require(_ came: String, _ names: Names) throws {
        let isIt =
            if let verbatim {
                came.utf8.elementsEqual(verbatim.utf8)
            } else {
                try JSON(parsing: Data(came.utf8)) == names.resolve(asWritten)
            }
        guard isIt else { throw Mismatch("\(asWritten) was to come, and not \(came)") }
    }
}

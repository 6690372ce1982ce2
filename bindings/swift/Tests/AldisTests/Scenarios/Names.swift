/// Names for ids that are known only when a scenario runs, with their `$`.
struct Names: Sendable {
    private var ids: [String: String] = [:]

    /// Gives an id to a name that has none; one that has an id has to have this one.
    mutating func bind(_ name: String, to id: String) throws {
        if let known = ids[name] {
            guard known == id else { throw Mismatch("\(name) is \(known), and not \(id)") }
        } else {
            guard !ids.values.contains(id) else { throw Mismatch("\(name) is one of \(ids)") }
            ids[name] = id
        }
    }

    /// A value with ids in place of their names.
    func resolve(_ value: JSON) throws -> JSON {
        switch value {
        case .text(let text) where text.hasPrefix("$"):
            guard let id = ids[text] else { throw Mismatch("nothing has the name \(text) yet") }
            return .text(id)
        case .array(let values): return .array(try values.map(resolve))
        case .object(let fields): return .object(try fields.mapValues(resolve))
        default: return value
        }
    }
}

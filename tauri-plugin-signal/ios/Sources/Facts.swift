import Tauri

/// Something that the system told, in the words of `src/phone` in Rust, where it is decided what
/// follows from it.
struct Fact: Encodable {
    let type: String
    var link: String?
}

/// Tells Rust facts as they come, from any thread.
struct Facts {
    let channel: Channel

    func tell(_ type: String, link: String? = nil) {
        do {
            try channel.send(Fact(type: type, link: link))
        } catch {
            Logger.error("the connection was not told: \(type)", error)
        }
    }
}

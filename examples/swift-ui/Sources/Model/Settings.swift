import Foundation

/// What is remembered from one start of the app to the next. Tokens are not: they belong into the
/// keychain.
struct Settings: Codable, Hashable, Sendable {
    var server = "ws://127.0.0.1:8787/ws"
    var name = ""
    var rooms: [String] = []
}

extension UserDefaults {
    private static let settings = "settings"

    /// The chat's settings. Those that cannot be read are the first ones.
    var chatSettings: Settings {
        get {
            guard let data = data(forKey: Self.settings) else { return Settings() }
            return (try? JSONDecoder().decode(Settings.self, from: data)) ?? Settings()
        }
        set {
            if let data = try? JSONEncoder().encode(newValue) { set(data, forKey: Self.settings) }
        }
    }
}

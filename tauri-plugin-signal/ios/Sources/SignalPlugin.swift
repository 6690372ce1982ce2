import Foundation
import Tauri

struct WatchArguments: Decodable {
    let channel: Channel
    /// Whether to ask iOS for time when the app leaves the foreground.
    let keepRunning: Bool
}

/// The client's eyes on iOS. What they see is told for as long as the app lives. Commands come on a
/// queue of Tauri's, while the main thread may wait for their answers.
final class SignalPlugin: Plugin {
    private var network: NetworkPath?
    private var life: AppLife?

    /// Begins to tell of the network and of the app's life. Called by Rust, once.
    @objc public func watch(_ invoke: Invoke) throws {
        let arguments = try invoke.parseArgs(WatchArguments.self)
        let facts = Facts(channel: arguments.channel)
        let network = NetworkPath(facts)
        network.follow()
        self.network = network
        DispatchQueue.main.async {
            let life = AppLife(facts, keepsRunning: arguments.keepRunning)
            life.follow()
            self.life = life
        }
        invoke.resolve()
    }

    /// The connection is closed: the time that is left is not needed.
    @objc public func rest(_ invoke: Invoke) {
        DispatchQueue.main.async { self.life?.rest() }
        invoke.resolve()
    }
}

@_cdecl("init_plugin_signal")
func initPlugin() -> Plugin {
    SignalPlugin()
}

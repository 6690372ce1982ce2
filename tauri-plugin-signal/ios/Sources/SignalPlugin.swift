import Network
import Tauri
import UIKit

struct WatchArguments: Decodable {
    let channel: Channel
}

/// Tells the client in Rust of the network and of the app's life.
final class SignalPlugin: Plugin {
    private let monitor = NWPathMonitor()
    private var returning: NSObjectProtocol?

    /// Starts to tell. Called by Rust once, when the client is made.
    @objc public func watch(_ invoke: Invoke) throws {
        let channel = try invoke.parseArgs(WatchArguments.self).channel
        monitor.pathUpdateHandler = { path in
            // A path that changed is another network, even where there was one before.
            Self.tell(channel, path.status == .satisfied ? "networkAvailable" : "networkLost")
        }
        monitor.start(queue: DispatchQueue(label: "dev.aldis.network"))
        returning = NotificationCenter.default.addObserver(
            forName: UIApplication.willEnterForegroundNotification, object: nil, queue: nil
        ) { _ in Self.tell(channel, "resumed") }
        invoke.resolve()
    }

    private static func tell(_ channel: Channel, _ news: String) {
        do {
            try channel.send(news)
        } catch {
            Logger.error("the connection was not told: \(news)", error)
        }
    }
}

@_cdecl("init_plugin_signal")
func initPlugin() -> Plugin {
    SignalPlugin()
}

import Foundation
import Network

/// Tells by what the device is connected, whenever that changes.
final class NetworkPath {
    private let facts: Facts
    private let monitor = NWPathMonitor()
    private let queue = DispatchQueue(label: "dev.aldis.network")
    private var former: String?
    /// A network that went and came back is another one, though it may look the same.
    private var number = 0

    init(_ facts: Facts) {
        self.facts = facts
    }

    func follow() {
        monitor.pathUpdateHandler = { path in self.take(path) }
        monitor.start(queue: queue)
    }

    private func take(_ path: NWPath) {
        let looks = Self.looks(path)
        if looks != former { number += 1 }
        former = looks
        facts.tell("path", link: looks.map { "\($0) \(number)" })
    }

    /// The interface that is used first, and its routers; nil without a network. One that a connection
    /// would bring up, such as a VPN on demand, is there.
    private static func looks(_ path: NWPath) -> String? {
        if path.status == .unsatisfied { return nil }
        let interface = path.availableInterfaces.first?.name ?? "none yet"
        let routers = path.gateways.map { "\($0)" }.sorted()
        return ([interface] + routers).joined(separator: " ")
    }
}

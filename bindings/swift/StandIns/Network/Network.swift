// What Aldis uses of Apple's Network, so that a compiler without Apple's SDK can check those uses.
// Nothing of it is ever run or shipped.

// swift-format-ignore-file

import Dispatch

public final class NWPathMonitor {
    public var pathUpdateHandler: (@Sendable (NWPath) -> Void)?

    public init() {}
    public func start(queue: DispatchQueue) {}
    public func cancel() {}
}

public struct NWPath: Sendable {
    public enum Status: Sendable { case satisfied, unsatisfied, requiresConnection }

    public var status: Status { .unsatisfied }
    public var availableInterfaces: [NWInterface] { [] }
    public var gateways: [NWEndpoint] { [] }
}

public struct NWInterface: Sendable {
    public var name: String { "" }
}

public enum NWEndpoint: Sendable { case unknown }

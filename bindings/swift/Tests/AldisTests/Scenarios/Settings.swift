import Aldis

extension SignalConfig {
    /// Sets a setting by the name that it has in the table.
    mutating func set(_ name: String, to value: JSON) throws {
        switch name {
        case "token": token = try value.read()
        case "rooms": rooms = try value.read()
        case "info": info = try value.read()
        case "key_field": keyField = try value.read()
        case "server_key": serverKey = try value.read()
        case "allow_plaintext": allowsPlaintext = try value.read()
        case "heartbeat_interval_ms": heartbeatInterval = try value.milliseconds()
        case "pong_timeout_ms": pongTimeout = try value.milliseconds()
        case "probe_timeout_ms": probeTimeout = try value.milliseconds()
        case "max_retries": maxRetries = try value.read()
        case "base_interval_ms": baseInterval = try value.milliseconds()
        case "backoff_multiplier": backoffMultiplier = try value.read()
        case "max_interval_ms": maxInterval = try value.milliseconds()
        case "jitter": usesJitter = try value.read()
        case "max_outbox_messages": maxOutboxMessages = try value.read()
        case "max_pending_requests": maxPendingRequests = try value.read()
        case "max_frame_bytes": maxFrameBytes = try value.read()
        case "max_inbound_bytes": maxInboundBytes = try value.read()
        default: throw Mismatch("there is no setting \(name)")
        }
    }
}

extension JSON {
    func milliseconds() throws -> Duration { .milliseconds(try read(as: Int.self)) }
}

import AldisFFI

extension Session {
    init(_ native: AldisFFI.Session) {
        self.init(
            clientID: native.clientId,
            userID: native.userId,
            serverTime: native.serverTime,
            isEncrypted: native.encrypted
        )
    }
}

extension CloseReason {
    init(_ native: AldisFFI.CloseReason) {
        self.init(
            code: native.code,
            message: native.message,
            advice: native.advice,
            closeCode: native.closeCode.map(Int.init)
        )
    }
}

extension Message {
    init(_ native: AldisFFI.Message) {
        self.init(event: native.event, json: native.data, id: native.id)
    }
}

extension ConnectionState {
    /// The state, whole; nil for an authenticated one whose session is not known.
    init?(_ change: StateChange, session: AldisFFI.Session?) {
        let reason = change.reason.map(CloseReason.init)
        switch change.state {
        case .disconnected: self = .disconnected(reason: reason)
        case .connecting: self = .connecting
        case .connected: self = .connected
        case .authenticating: self = .authenticating
        case .authenticated:
            guard let session else { return nil }
            self = .authenticated(Session(session))
        case .reconnecting:
            self = .reconnecting(
                reason: reason,
                attempt: Int(change.attempt),
                retryIn: change.retryInMs.map { .milliseconds($0) }
            )
        }
    }
}

extension Stats {
    init(_ native: AldisFFI.Stats) {
        self.init(
            state: String(describing: native.state),
            connectedFor: native.connectedForMs.map { .milliseconds($0) },
            roundTrip: native.rttMs.map { .milliseconds($0) },
            attempts: Int(clamping: native.attempts),
            sessions: Int(clamping: native.sessions),
            messagesReceived: Int(clamping: native.messagesReceived),
            messagesSent: Int(clamping: native.messagesSent),
            framesReceived: Int(clamping: native.framesReceived),
            framesSent: Int(clamping: native.framesSent),
            bytesReceived: Int(clamping: native.bytesReceived),
            bytesSent: Int(clamping: native.bytesSent),
            dropped: DropCounts(native.dropped),
            lagged: Int(clamping: native.lagged),
            expired: Int(clamping: native.expired),
            unsent: Int(clamping: native.unsent),
            queuedEvents: Int(clamping: native.queuedEvents),
            queuedBytes: Int(clamping: native.queuedBytes),
            outboxMessages: Int(clamping: native.outboxMessages),
            outboxBytes: Int(clamping: native.outboxBytes),
            listenerFailures: Int(clamping: native.listenerFailures),
            lastClose: native.lastClose.map(CloseReason.init)
        )
    }
}

extension DropCounts {
    fileprivate init(_ native: AldisFFI.DropCounts) {
        self.init(
            beforeConnected: Int(clamping: native.beforeConnected),
            plaintext: Int(clamping: native.plaintext),
            reflected: Int(clamping: native.reflected),
            replayed: Int(clamping: native.replayed),
            malformed: Int(clamping: native.malformed),
            binary: Int(clamping: native.binary)
        )
    }
}

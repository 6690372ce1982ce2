/// What the connections of one proxy or network did so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Connections accepted from clients.
    pub accepted: u64,
    /// Connections accepted and not yet ended, in either state: dialling the server or forwarding.
    pub open: u64,
    /// Connections that were dropped because the server could not be reached.
    pub unreachable: u64,
    /// Attempts of the listener to accept that failed.
    pub accept_failed: u64,
    /// Bytes from the clients to the server.
    pub to_server: Traffic,
    /// Bytes from the server to the clients.
    pub to_client: Traffic,
}

/// Bytes in one direction. What was received and is in none of the other counts waits to be
/// forwarded, or was lost when its connection ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Traffic {
    /// Bytes read from the sender.
    pub received: u64,
    /// Bytes written to the receiver.
    pub forwarded: u64,
    /// Bytes thrown away on purpose.
    pub swallowed: u64,
    /// Bytes of which a bit was flipped.
    pub corrupted: u64,
    /// Writes that it took to forward the bytes.
    pub writes: u64,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Side {
    ToServer,
    ToClient,
}

impl Counts {
    pub(super) fn traffic(&mut self, side: Side) -> &mut Traffic {
        match side {
            Side::ToServer => &mut self.to_server,
            Side::ToClient => &mut self.to_client,
        }
    }
}

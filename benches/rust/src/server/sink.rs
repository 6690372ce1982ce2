//! What a client has sent.

use crate::payloads::SinkCount;

/// Counts ticks since the client was last told.
#[derive(Debug, Default)]
pub(super) struct Sink {
    received: u64,
    out_of_order: bool,
}

impl Sink {
    /// Counts a tick.
    pub(super) fn add(&mut self, seq: u64) {
        self.out_of_order |= seq != self.received;
        self.received += 1;
    }

    /// The count so far.
    pub(super) fn count(&self) -> SinkCount {
        SinkCount { received: self.received, in_order: !self.out_of_order }
    }
}

//! A client library in the race.

use crate::Failure;
use crate::payloads::{Flood, SinkCount, Tick};

/// A client that speaks the protocol. One instance is one connection.
///
/// Calls come one at a time, but for [`echo`](Self::echo). Each hands over and takes typed values:
/// reading and writing their JSON belongs to what is measured.
#[expect(async_fn_in_trait, reason = "a worker has one thread")]
pub trait Contestant: Sized {
    /// Connects and authenticates, as anybody.
    async fn connect(url: &str) -> Result<Self, Failure>;

    /// Messages that came and were thrown away, for whatever reason.
    fn dropped(&self) -> u64;

    /// Asks for a flood and returns when all of it was taken. `on_tick` is the app: it is called for
    /// every tick, in order, and its failures come out of here.
    async fn flood(
        &mut self,
        order: Flood,
        on_tick: impl FnMut(&Tick<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure>;

    /// Sends a tick into the sink. Returns once it is queued; waits while there is no room.
    async fn sink(&mut self, tick: &Tick<'_>) -> Result<(), Failure>;

    /// Asks what the sink has counted, behind all that was sent.
    async fn count(&mut self) -> Result<SinkCount, Failure>;

    /// Sends a tick, waits for it to come back, and shows it to `on_reply`.
    async fn echo(
        &self,
        tick: &Tick<'_>,
        on_reply: impl FnOnce(&Tick<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure>;

    /// Says goodbye and frees everything.
    async fn close(self);
}

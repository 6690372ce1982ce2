//! The controls shared by [`FaultProxy`](crate::FaultProxy) and
//! [`MemoryNetwork`](crate::MemoryNetwork): what goes wrong on the way, and what was counted.

mod counts;
mod lane;
mod link;
mod pump;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use self::counts::Side;
pub use self::counts::{Counts, Traffic};
use self::lane::{Hold, Lane};
pub(crate) use self::link::Admission;

/// Which way a fault applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Bytes on their way from the client to the server.
    ToServer,
    /// Bytes on their way from the server to the client.
    ToClient,
    /// Both ways.
    Both,
}

/// How a connection is ended by [`Faults::cut`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Both ends read an orderly end of the stream (TCP `FIN`), without a WebSocket close frame:
    /// close code 1006. What they still send is thrown away and counted as swallowed.
    Fin,
    /// Both ends get a connection reset (TCP `RST`, by a linger of zero). In memory, where there
    /// is no such thing, both ends read the end of the stream and fail to write.
    Reset,
}

/// The live controls of every connection of one proxy or one in-memory network.
///
/// A handle: clones control the same connections. Every call returns at once and applies to the
/// connections that are open and to those that follow, until it is changed or [cleared](Self::clear).
/// Faults combine: bytes may be delayed, throttled, split and corrupted at the same time.
///
/// Up to 256 reads of at most 16 KiB wait between the two ends in each direction. Beyond that
/// nothing more is read, and the sender feels it as back pressure.
#[derive(Debug, Clone)]
pub struct Faults {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    to_server: Lane,
    to_client: Lane,
    counts: watch::Sender<Counts>,
    cuts: watch::Sender<Option<Cut>>,
}

impl Faults {
    pub(crate) fn new() -> Self {
        Self {
            inner: Arc::new(Inner {
                to_server: Lane::default(),
                to_client: Lane::default(),
                counts: watch::Sender::default(),
                cuts: watch::Sender::default(),
            }),
        }
    }

    /// Ends all open connections, the ones that are still dialling included. New ones are
    /// admitted as before.
    ///
    /// The connections end as soon as their tasks run. To see it done, wait for
    /// [`Counts::open`] to be zero.
    pub fn cut(&self, cut: Cut) {
        self.inner.cuts.send_replace(Some(cut));
    }

    /// Holds all bytes, and the ends of streams, until [`resume`](Self::resume): a half-open
    /// connection. The sockets stay open and nobody is told.
    pub fn stall(&self, direction: Direction) {
        self.each(direction, |lane| lane.hold(Hold::Stall));
    }

    /// Reads bytes and throws them away, those held so far included, until
    /// [`resume`](Self::resume): a half-open connection whose sender never feels back pressure.
    pub fn swallow(&self, direction: Direction) {
        self.each(direction, |lane| lane.hold(Hold::Swallow));
    }

    /// Ends [`stall`](Self::stall) and [`swallow`](Self::swallow). What was stalled goes on, in
    /// order; what was swallowed is gone.
    pub fn resume(&self, direction: Direction) {
        self.each(direction, |lane| lane.hold(Hold::None));
    }

    /// Forwards bytes no sooner than `delay` after they arrived. Latency, not bandwidth: bytes
    /// that arrive together leave together. Zero ends it.
    pub fn delay(&self, direction: Direction, delay: Duration) {
        self.each(direction, |lane| lane.change(|plan| plan.delay = delay));
    }

    /// Forwards at most `bytes_per_second` on each connection, evenly, in portions of at most a
    /// twentieth of a second. Zero lifts the limit.
    pub fn throttle(&self, direction: Direction, bytes_per_second: u64) {
        self.each(direction, |lane| {
            lane.change(|plan| plan.bytes_per_second = bytes_per_second);
        });
    }

    /// Forwards at most `bytes` at a time, each a write and a flush of its own (with
    /// `TCP_NODELAY`). The receiver's kernel may still join what it has not read yet. Zero ends it.
    pub fn split(&self, direction: Direction, bytes: usize) {
        self.each(direction, |lane| lane.change(|plan| plan.split = bytes));
    }

    /// Flips the lowest bit of one byte, once: the one behind the next `skip` bytes that are
    /// forwarded in this direction, counted over all connections. Calls add up.
    pub fn corrupt(&self, direction: Direction, skip: u64) {
        self.each(direction, |lane| lane.corrupt_after(skip));
    }

    /// Takes back all faults. What was stalled goes on.
    pub fn clear(&self) {
        self.each(Direction::Both, Lane::clear);
    }

    /// What was counted so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        *self.inner.counts.borrow()
    }

    /// Waits until the counts fulfil `condition`, and returns those that did.
    ///
    /// Waits for ever if they never do: bound it with a timeout.
    pub async fn wait_until(&self, condition: impl Fn(&Counts) -> bool) -> Counts {
        let mut counts = self.inner.counts.subscribe();
        #[expect(clippy::expect_used, reason = "the sender lives as long as self")]
        let reached = counts.wait_for(condition).await.expect("the sender is alive");
        *reached
    }

    /// Waits until `accepted` connections were accepted since the start, closed ones included.
    pub async fn wait_for_connections(&self, accepted: u64) -> Counts {
        self.wait_until(|counts| counts.accepted >= accepted).await
    }

    pub(crate) fn admit(&self) -> Admission {
        Admission::new(self)
    }

    pub(crate) fn count(&self, change: impl FnOnce(&mut Counts)) {
        self.inner.counts.send_modify(change);
    }

    fn lane(&self, side: Side) -> &Lane {
        match side {
            Side::ToServer => &self.inner.to_server,
            Side::ToClient => &self.inner.to_client,
        }
    }

    fn each(&self, direction: Direction, apply: impl Fn(&Lane)) {
        if direction != Direction::ToClient {
            apply(&self.inner.to_server);
        }
        if direction != Direction::ToServer {
            apply(&self.inner.to_client);
        }
    }
}

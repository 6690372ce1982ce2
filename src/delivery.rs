//! From a client's queue to its host, on the dispatcher.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use aldis_client::SignalEvents;
use tokio::sync::{Notify, watch};
use tokio::task::yield_now;
use tokio_util::sync::CancellationToken;

use crate::engine::Engine;
use crate::event::SignalEvent;
use crate::lane::{self, Batch, FULL_BATCH_BYTES};
use crate::listener::{Demand, SignalListener};

/// Most events that one call hands over. Beyond this a crossing costs no less by the event.
const MAX_BATCH: usize = 256;

/// The passage to one host.
pub(crate) struct Gate {
    listener: Arc<dyn SignalListener>,
    /// Once the host has asked for it: the lane that messages take, if there is one.
    lane: OnceLock<Option<i64>>,
    /// How often the host resumed: only what comes after a call began ends the pause that the
    /// call asks for.
    times_resumed: AtomicU64,
    resumed: Notify,
    closed: CancellationToken,
    failures: AtomicU64,
}

impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gate").field("lane", &self.lane).finish_non_exhaustive()
    }
}

impl Gate {
    pub(crate) fn new(listener: Arc<dyn SignalListener>, closed: CancellationToken) -> Self {
        let (lane, resumed) = (OnceLock::new(), Notify::new());
        let (times_resumed, failures) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { listener, lane, times_resumed, resumed, closed, failures }
    }

    pub(crate) fn lane(&self) -> Option<i64> {
        self.lane.get().copied().flatten()
    }

    /// Sends messages by a lane from now on, if one is to be had; asked for again, by the same.
    pub(crate) fn open_lane(&self, open: impl FnOnce() -> Option<i64>) -> Option<i64> {
        *self.lane.get_or_init(open)
    }

    pub(crate) fn resume(&self) {
        self.times_resumed.fetch_add(1, Ordering::SeqCst);
        self.resumed.notify_one();
    }

    /// Waits until the host has resumed more often than that.
    async fn resumed_since(&self, times: u64) {
        while self.times_resumed.load(Ordering::SeqCst) == times {
            self.resumed.notified().await;
        }
    }

    /// Calls of the host that failed.
    pub(crate) fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// Calls the host. Whatever goes wrong there is counted, and ends nothing.
    pub(crate) fn call<T, E>(
        &self,
        call: impl FnOnce(&dyn SignalListener) -> Result<T, E>,
    ) -> Option<T>
    where
        E: std::fmt::Display,
    {
        match catch_unwind(AssertUnwindSafe(|| call(&*self.listener))) {
            Ok(Ok(value)) => return Some(value),
            Ok(Err(error)) => tracing::warn!(%error, "a call of the listener failed"),
            Err(_) => tracing::warn!("a call of the listener panicked"),
        }
        self.failures.fetch_add(1, Ordering::Relaxed);
        None
    }
}

/// Starts to deliver. Both tasks keep the engine until the client has ended.
pub(crate) fn start(
    engine: &Arc<Engine>,
    events: SignalEvents,
    states: watch::Receiver<aldis_client::StateChange>,
    gate: &Arc<Gate>,
) {
    let (kept, reporter) = (Arc::clone(engine), Arc::clone(gate));
    engine.dispatcher().spawn(async move {
        report_states(states, &reporter).await;
        drop(kept);
    });
    let (kept, gate) = (Arc::clone(engine), Arc::clone(gate));
    engine.dispatcher().spawn(async move {
        deliver(events, &gate).await;
        drop(kept);
    });
}

/// Tells the latest state until the client has ended.
async fn report_states(mut states: watch::Receiver<aldis_client::StateChange>, gate: &Gate) {
    while states.changed().await.is_ok() {
        let change = (&*states.borrow_and_update()).into();
        gate.call(|listener| listener.on_state(change));
    }
}

/// Delivers until the client has ended or is closed.
async fn deliver(mut events: SignalEvents, gate: &Gate) {
    let mut taken = Vec::new();
    while let Some(1..) =
        gate.closed.run_until_cancelled(events.next_batch(&mut taken, MAX_BATCH)).await
    {
        let mut delivery = Delivery { gate, events: Vec::new(), bytes: 0, batch: lane::batch() };
        delivery.make_room(&taken);
        for event in taken.drain(..) {
            delivery.add(event).await;
        }
        delivery.flush().await;
        // A client that never runs out of events leaves the others their turn.
        yield_now().await;
    }
}

/// Events on their way, in order: at any time those of one kind only, by `UniFFI` or by the lane.
struct Delivery<'a> {
    gate: &'a Gate,
    events: Vec<SignalEvent>,
    /// Of the messages among `events`.
    bytes: usize,
    batch: Batch,
}

impl Delivery<'_> {
    /// Before the events are added.
    fn make_room(&mut self, events: &[aldis_client::SignalEvent]) {
        if self.gate.lane().is_some() {
            let bytes = events.iter().map(|event| match event {
                aldis_client::SignalEvent::Message(message) => message.size(),
                _ => 0,
            });
            self.batch.reserve(bytes.sum());
        }
    }

    async fn add(&mut self, event: aldis_client::SignalEvent) {
        use aldis_client::SignalEvent as From;
        let event = match event {
            From::Message(message) if self.gate.lane().is_some() => {
                self.flush_events().await;
                self.batch.push(&message);
                if self.batch.is_full() {
                    self.flush_batch().await;
                }
                return;
            }
            From::Message(message) => {
                self.bytes += message.size();
                SignalEvent::Message { message: (&message).into() }
            }
            From::State(change) => SignalEvent::State { change: (&change).into() },
            From::Connected(session) => SignalEvent::Connected { session: session.into() },
            From::Lagged { missed } => SignalEvent::Lagged { missed: crate::event::count(missed) },
            From::Error(error) => {
                self.flush().await;
                self.call_unless_closed(|listener| listener.on_error((&error).into()));
                return;
            }
            unknown => {
                tracing::error!(?unknown, "an event that the face does not know");
                return;
            }
        };
        self.flush_batch().await;
        self.events.push(event);
        if self.bytes >= FULL_BATCH_BYTES {
            self.flush_events().await;
        }
    }

    async fn flush(&mut self) {
        self.flush_events().await;
        self.flush_batch().await;
    }

    async fn flush_events(&mut self) {
        if !self.events.is_empty() {
            self.bytes = 0;
            let events = std::mem::take(&mut self.events);
            self.offer(|listener| listener.on_events(events)).await;
        }
    }

    async fn flush_batch(&mut self) {
        if let (false, Some(lane)) = (self.batch.is_empty(), self.gate.lane()) {
            self.offer(|_| lane::deliver(lane, &self.batch)).await;
            self.batch.clear();
        }
    }

    fn call_unless_closed<T, E>(
        &self,
        call: impl FnOnce(&dyn SignalListener) -> Result<T, E>,
    ) -> Option<T>
    where
        E: std::fmt::Display,
    {
        if self.gate.closed.is_cancelled() { None } else { self.gate.call(call) }
    }

    /// Calls the host, and waits where it asks for a pause.
    async fn offer<E>(&self, call: impl FnOnce(&dyn SignalListener) -> Result<Demand, E>)
    where
        E: std::fmt::Display,
    {
        let times = self.gate.times_resumed.load(Ordering::SeqCst);
        if self.call_unless_closed(call) == Some(Demand::Pause) {
            self.gate.closed.run_until_cancelled(self.gate.resumed_since(times)).await;
        }
    }
}

//! What all members have received, and the check that it is all there.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::Failure;
use crate::payloads::{Texts, Tick};

/// Whether messages have to come in the order in which they were published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// What is not in order fails.
    Kept,
    /// What is not in order is counted.
    Counted,
}

/// What one member has received.
#[derive(Debug, Default)]
pub(super) struct Received {
    /// The first message that has not come.
    next: u64,
    /// Messages behind it that have.
    ahead: BTreeSet<u64>,
}

/// What all members have received.
#[derive(Debug)]
pub(super) struct Tally {
    members: u64,
    order: Order,
    deliveries: AtomicU64,
    swaps: AtomicU64,
    texts: Mutex<Option<Arc<Texts>>>,
    failure: Mutex<Option<String>>,
    /// Told with every delivery that makes a message's worth of them, and with a failure.
    pub(super) progress: Notify,
}

impl Tally {
    pub(super) fn new(members: u32, order: Order) -> Self {
        Self {
            members: members.into(),
            order,
            deliveries: AtomicU64::default(),
            swaps: AtomicU64::default(),
            texts: Mutex::default(),
            failure: Mutex::default(),
            progress: Notify::new(),
        }
    }

    /// Tells what the messages have in them from now on.
    pub(super) fn expect(&self, texts: Arc<Texts>) {
        *lock(&self.texts) = Some(texts);
    }

    /// Takes a delivery to a member. Fails if something is lost, doubled, changed, or out of order
    /// where that is kept.
    pub(super) fn take(&self, tick: &Tick<'_>, received: &mut Received) -> Result<(), Failure> {
        let Tick { seq, text, .. } = tick;
        if !lock(&self.texts).as_ref().is_some_and(|texts| texts.fits(*seq, text)) {
            return Err(format!("the text of message {seq} is another one").into());
        }
        let is_next = *seq == received.next;
        if !is_next && self.order == Order::Kept {
            return Err(format!("message {} was expected, and {seq} came", received.next).into());
        }
        if *seq < received.next || !is_next && !received.ahead.insert(*seq) {
            return Err(format!("message {seq} came twice").into());
        }
        self.swaps.fetch_add(u64::from(!is_next), Ordering::Relaxed);
        if is_next {
            received.next += 1;
            while received.ahead.remove(&received.next) {
                received.next += 1;
            }
        }
        let deliveries = self.deliveries.fetch_add(1, Ordering::Relaxed) + 1;
        if deliveries.is_multiple_of(self.members) {
            self.progress.notify_one();
        }
        Ok(())
    }

    pub(super) fn deliveries(&self) -> u64 {
        self.deliveries.load(Ordering::Relaxed)
    }

    pub(super) fn swaps(&self) -> u64 {
        self.swaps.load(Ordering::Relaxed)
    }

    /// Keeps the first failure, and tells who waits.
    pub(super) fn fail(&self, failure: String) {
        lock(&self.failure).get_or_insert(failure);
        self.progress.notify_one();
    }

    pub(super) fn failure(&self) -> Option<String> {
        lock(&self.failure).clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many deliveries of these numbers are taken until one fails, and the swaps.
    fn taken(order: Order, numbers: &[u64]) -> (u64, u64) {
        let (texts, tally) = (Arc::new(Texts::new(100)), Tally::new(1, order));
        tally.expect(Arc::clone(&texts));
        let mut received = Received::default();
        let taken = numbers.iter().all(|seq| tally.take(&texts.tick(*seq), &mut received).is_ok());
        assert_eq!(taken, tally.deliveries() == numbers.len() as u64);
        (tally.deliveries(), tally.swaps())
    }

    #[test]
    fn what_is_lost_doubled_or_swapped_fails_where_order_is_kept() {
        assert_eq!(taken(Order::Kept, &[0, 1, 2]), (3, 0));
        assert_eq!(taken(Order::Kept, &[0, 2]), (1, 0));
        assert_eq!(taken(Order::Kept, &[0, 0]), (1, 0));
        assert_eq!(taken(Order::Kept, &[0, 2, 1]), (1, 0));
    }

    #[test]
    fn swaps_are_counted_and_doubles_fail_where_order_is_not_kept() {
        assert_eq!(taken(Order::Counted, &[0, 2, 3, 1, 4]), (5, 2));
        assert_eq!(taken(Order::Counted, &[0, 2, 1, 2]), (3, 1));
        assert_eq!(taken(Order::Counted, &[0, 2, 2]), (2, 1));
    }

    #[test]
    fn what_is_changed_fails() {
        let (texts, tally) = (Arc::new(Texts::new(100)), Tally::new(1, Order::Kept));
        tally.expect(Arc::new(Texts::new(101)));
        assert!(tally.take(&texts.tick(0), &mut Received::default()).is_err());
    }
}

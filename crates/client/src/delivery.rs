//! The bounded queue between the connection and the host.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use futures_util::Stream;
use futures_util::future::poll_fn;
use futures_util::task::AtomicWaker;

use crate::config::OverflowPolicy;
use crate::event::SignalEvent;

/// Reports other than messages that may wait. They are few; only a host that takes nothing while
/// the connection fails again and again comes near.
const MAX_REPORTS: usize = 256;

/// How much may wait for the host.
#[derive(Debug, Clone, Copy)]
pub(crate) struct QueueLimits {
    pub(crate) messages: usize,
    pub(crate) bytes: usize,
    pub(crate) policy: OverflowPolicy,
}

/// Makes the two ends of a queue.
pub(crate) fn channel(limits: QueueLimits) -> (Delivery, SignalEvents) {
    let shared = Arc::new(Shared {
        limits,
        queue: Mutex::new(Queue::default()),
        filled: AtomicWaker::new(),
        freed: AtomicWaker::new(),
    });
    (Delivery { shared: Arc::clone(&shared) }, SignalEvents { shared })
}

#[derive(Debug)]
struct Shared {
    limits: QueueLimits,
    queue: Mutex<Queue>,
    /// Wakes the host: there is an event, or the end.
    filled: AtomicWaker,
    /// Wakes the connection: there is room.
    freed: AtomicWaker,
}

#[derive(Debug, Default)]
struct Queue {
    events: VecDeque<SignalEvent>,
    messages: usize,
    bytes: usize,
    /// Dropped since the host was last told.
    missed: u64,
    /// Dropped in all.
    lagged: u64,
    closed: bool,
    abandoned: bool,
}

impl Queue {
    fn reports(&self) -> usize {
        self.events.len() - self.messages
    }

    fn has_room(&self, limits: &QueueLimits) -> bool {
        self.abandoned || (self.messages < limits.messages && self.bytes < limits.bytes)
    }

    /// Drops the oldest event of a kind.
    fn drop_oldest(&mut self, messages: bool) {
        let is_message = |event: &SignalEvent| matches!(event, SignalEvent::Message(_));
        let oldest = self.events.iter().position(|event| is_message(event) == messages);
        if let Some(event) = oldest.and_then(|index| self.events.remove(index)) {
            self.forget(&event);
            self.missed += 1;
            self.lagged += 1;
        }
    }

    fn forget(&mut self, event: &SignalEvent) {
        if let SignalEvent::Message(message) = event {
            self.messages -= 1;
            self.bytes -= message.size();
        }
    }

    fn pop(&mut self) -> Option<SignalEvent> {
        if self.missed > 0 {
            let missed = std::mem::take(&mut self.missed);
            return Some(SignalEvent::Lagged { missed });
        }
        let event = self.events.pop_front()?;
        self.forget(&event);
        Some(event)
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The connection's end.
#[derive(Debug)]
pub(crate) struct Delivery {
    shared: Arc<Shared>,
}

/// How full the queue is.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct QueueDepth {
    pub(crate) events: usize,
    pub(crate) bytes: usize,
    pub(crate) lagged: u64,
}

impl Delivery {
    /// Adds an event and wakes the host.
    pub(crate) fn push(&self, event: SignalEvent) {
        self.enqueue(event);
        self.announce();
    }

    /// Adds an event that the host is not woken for until [`announce`](Self::announce): who has
    /// several at hand wakes the host once. A message is added even where there is no room, for it
    /// was read already: ask [`has_room`](Self::has_room) before reading the next one.
    pub(crate) fn enqueue(&self, event: SignalEvent) {
        let limits = &self.shared.limits;
        let mut queue = self.shared.lock();
        if queue.abandoned {
            queue.lagged += u64::from(matches!(event, SignalEvent::Message(_)));
            return;
        }
        if let SignalEvent::Message(message) = &event {
            while !queue.has_room(limits)
                && queue.messages > 0
                && limits.policy == OverflowPolicy::DropOldest
            {
                queue.drop_oldest(true);
            }
            queue.messages += 1;
            queue.bytes += message.size();
        } else if queue.reports() >= MAX_REPORTS {
            queue.drop_oldest(false);
        }
        queue.events.push_back(event);
    }

    /// Wakes the host, if it waits.
    pub(crate) fn announce(&self) {
        self.shared.filled.wake();
    }

    /// Whether another message may be read now.
    pub(crate) fn has_room(&self) -> bool {
        let limits = &self.shared.limits;
        limits.policy == OverflowPolicy::DropOldest || self.shared.lock().has_room(limits)
    }

    /// Waits until [`has_room`](Self::has_room).
    pub(crate) async fn room(&self) {
        poll_fn(|cx| {
            self.shared.freed.register(cx.waker());
            if self.has_room() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    pub(crate) fn depth(&self) -> QueueDepth {
        let queue = self.shared.lock();
        QueueDepth { events: queue.events.len(), bytes: queue.bytes, lagged: queue.lagged }
    }

    /// Ends the stream behind what is queued.
    pub(crate) fn close(&self) {
        self.shared.lock().closed = true;
        self.shared.filled.wake();
    }
}

/// The host's end: the events of one client, in order.
///
/// The stream ends when the client is gone and all events are taken. Taking an event is
/// cancel-safe. Dropping the stream lets the connection go on without an audience: messages are
/// then read, counted as lagged and thrown away.
#[derive(Debug)]
pub struct SignalEvents {
    shared: Arc<Shared>,
}

impl SignalEvents {
    /// Waits for the next event; `None` when there will be no more.
    pub async fn next(&mut self) -> Option<SignalEvent> {
        poll_fn(|cx| self.poll_with(cx, Queue::pop)).await
    }

    /// Waits for events and takes up to `max` of them, behind those that `batch` holds.
    /// Returns how many were added; 0 when there will be no more, or when `max` is 0.
    ///
    /// An idle client hands out an event at once; a batch forms only while the host is busy.
    pub async fn next_batch(&mut self, batch: &mut Vec<SignalEvent>, max: usize) -> usize {
        if max == 0 {
            return 0;
        }
        let taken = poll_fn(|cx| {
            self.poll_with(cx, |queue| {
                let before = batch.len();
                batch.extend(std::iter::from_fn(|| queue.pop()).take(max));
                Some(batch.len() - before).filter(|taken| *taken > 0)
            })
        });
        taken.await.unwrap_or(0)
    }

    fn poll_with<T>(
        &self,
        cx: &mut Context<'_>,
        mut take: impl FnMut(&mut Queue) -> Option<T>,
    ) -> Poll<Option<T>> {
        self.shared.filled.register(cx.waker());
        let mut queue = self.shared.lock();
        let taken = take(&mut queue);
        let (closed, has_room) = (queue.closed, queue.has_room(&self.shared.limits));
        drop(queue);
        match taken {
            Some(taken) => {
                if has_room {
                    self.shared.freed.wake();
                }
                Poll::Ready(Some(taken))
            }
            None if closed => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

impl Stream for SignalEvents {
    type Item = SignalEvent;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<SignalEvent>> {
        self.poll_with(cx, Queue::pop)
    }
}

impl Drop for SignalEvents {
    fn drop(&mut self) {
        let mut queue = self.shared.lock();
        queue.abandoned = true;
        queue.lagged += queue.messages as u64;
        queue.events.clear();
        (queue.messages, queue.bytes) = (0, 0);
        drop(queue);
        self.shared.freed.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::SignalError;
    use aldis_protocol::Message;
    use futures_test::task::new_count_waker;
    use futures_util::FutureExt;
    use std::pin::pin;

    fn message(n: usize) -> SignalEvent {
        SignalEvent::Message(Message::parse(format!(r#"{{"event":"e","data":{n}}}"#)).unwrap())
    }

    fn number(event: SignalEvent) -> usize {
        let SignalEvent::Message(message) = event else { panic!("{event:?}") };
        message.decode().unwrap()
    }

    fn limited(messages: usize, policy: OverflowPolicy) -> (Delivery, SignalEvents) {
        channel(QueueLimits { messages, bytes: usize::MAX, policy })
    }

    #[tokio::test]
    async fn backpressure_loses_nothing() {
        let (delivery, mut events) = limited(2, OverflowPolicy::Backpressure);
        delivery.push(message(0));
        assert!(delivery.has_room());
        delivery.push(message(1));
        assert!(!delivery.has_room());
        let mut room = std::pin::pin!(delivery.room());
        assert!(room.as_mut().now_or_never().is_none());
        assert_eq!(number(events.next().await.unwrap()), 0);
        room.await;
        delivery.close();
        assert_eq!(number(events.next().await.unwrap()), 1);
        assert!(events.next().await.is_none());
    }

    #[tokio::test]
    async fn drop_oldest_keeps_the_newest_and_tells() {
        let (delivery, mut events) = limited(2, OverflowPolicy::DropOldest);
        delivery.push(SignalEvent::Error(SignalError::Server(String::new())));
        for n in 0..5 {
            assert!(delivery.has_room());
            delivery.push(message(n));
        }
        assert_eq!(delivery.depth().lagged, 3);
        assert!(matches!(events.next().await, Some(SignalEvent::Lagged { missed: 3 })));
        assert!(matches!(events.next().await, Some(SignalEvent::Error(_))));
        assert_eq!(number(events.next().await.unwrap()), 3);
        assert_eq!(number(events.next().await.unwrap()), 4);
        assert!(events.next().now_or_never().is_none());
    }

    #[tokio::test]
    async fn bytes_are_bounded_too() {
        let (delivery, mut events) =
            channel(QueueLimits { messages: 10, bytes: 1, policy: OverflowPolicy::Backpressure });
        delivery.push(message(0));
        assert!(!delivery.has_room());
        events.next().await;
        assert!(delivery.has_room());
    }

    #[test]
    fn the_host_is_woken_once_for_a_burst() {
        let (delivery, mut events) = limited(10, OverflowPolicy::Backpressure);
        let (waker, count) = new_count_waker();
        let mut cx = Context::from_waker(&waker);
        let mut batch = Vec::new();
        let mut waiting = pin!(events.next_batch(&mut batch, 10));
        assert!(waiting.as_mut().poll(&mut cx).is_pending());
        for n in 0..3 {
            delivery.enqueue(message(n));
        }
        assert_eq!(count.get(), 0);
        delivery.announce();
        delivery.announce();
        assert_eq!(count.get(), 1);
        assert_eq!(waiting.poll(&mut cx), Poll::Ready(3));
    }

    #[tokio::test]
    async fn batches_take_what_is_there() {
        let (delivery, mut events) = limited(10, OverflowPolicy::Backpressure);
        for n in 0..5 {
            delivery.push(message(n));
        }
        let mut batch = Vec::new();
        assert_eq!(events.next_batch(&mut batch, 3).await, 3);
        assert_eq!(events.next_batch(&mut batch, 3).await, 2);
        assert_eq!(batch.into_iter().map(number).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
        delivery.close();
        assert_eq!(events.next_batch(&mut Vec::new(), 3).await, 0);
    }

    #[test]
    fn without_an_audience_there_is_always_room() {
        let (delivery, events) = limited(1, OverflowPolicy::Backpressure);
        delivery.push(message(0));
        drop(events);
        assert!(delivery.has_room());
        delivery.push(message(1));
        assert_eq!(delivery.depth().events, 0);
    }

    #[test]
    fn reports_are_bounded() {
        let (delivery, _events) = limited(1, OverflowPolicy::Backpressure);
        for _ in 0..2 * MAX_REPORTS {
            delivery.push(SignalEvent::Error(SignalError::Server(String::new())));
        }
        assert_eq!(delivery.depth().events, MAX_REPORTS);
        assert_eq!(delivery.depth().lagged, MAX_REPORTS as u64);
    }
}

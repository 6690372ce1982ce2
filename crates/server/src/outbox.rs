//! What waits for one client to take it: the bounded queue between publishers and a connection.

use std::collections::VecDeque;
use std::pin::pin;
use std::task::{Context, Waker};

use aldis_protocol::CloseCode;
use bytes::Bytes;
use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::config::{MAX_OUTGOING_BYTES, QueueLimits};

/// Slots that an empty queue may keep, so that an idle client costs little after a burst.
const IDLE_SLOTS: usize = 16;

/// A queue with many producers and one consumer, the task of the connection.
#[derive(Debug)]
pub(crate) struct Outbox {
    limits: QueueLimits,
    state: Mutex<State>,
    /// Tells those who wait that there is space again, or never will be.
    space: Notify,
}

#[derive(Debug)]
struct State {
    /// The message to send next. Mostly the only one, so it is here: the queue is elsewhere in memory.
    next: Option<Bytes>,
    /// Those behind it.
    queue: VecDeque<Bytes>,
    bytes: usize,
    kick: Option<Kick>,
    closed: bool,
    consumer: Option<Waker>,
    /// Whether somebody may wait for space.
    awaited: bool,
    /// Whether the bell was rung since the task looked.
    rung: bool,
}

impl State {
    fn is_empty(&self) -> bool {
        self.next.is_none()
    }

    fn len(&self) -> usize {
        usize::from(self.next.is_some()) + self.queue.len()
    }

    fn has_space(&self, limits: QueueLimits, bytes: usize) -> bool {
        let fits = self.len() < limits.messages && self.bytes.saturating_add(bytes) <= limits.bytes;
        fits || self.is_empty()
    }
}

/// What a connection's task was woken by, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Woken {
    /// The order to close, if there is one.
    pub(crate) kick: Option<Kick>,
    /// By something else than what is queued.
    pub(crate) by_bell: bool,
}

impl Woken {
    pub(crate) const BY_ANYTHING: Self = Self { kick: None, by_bell: true };
}

/// The order to close a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kick {
    pub(crate) code: CloseCode,
    pub(crate) reason: &'static str,
    /// Whether what is queued is sent first.
    pub(crate) drain: bool,
}

/// Why a message was not queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PushError {
    TooLarge,
    Full,
    Closed,
}

impl Outbox {
    pub(crate) fn new(limits: QueueLimits) -> Self {
        let state = State {
            next: None,
            queue: VecDeque::new(),
            bytes: 0,
            kick: None,
            closed: false,
            consumer: None,
            awaited: false,
            // Nobody has looked yet.
            rung: true,
        };
        Self { limits, state: Mutex::new(state), space: Notify::new() }
    }

    /// Queues a message if there is space.
    pub(crate) fn push(&self, message: Bytes) -> Result<(), PushError> {
        if message.len() > MAX_OUTGOING_BYTES {
            return Err(PushError::TooLarge);
        }
        let mut state = self.state.lock();
        if state.closed || state.kick.is_some() {
            return Err(PushError::Closed);
        }
        if !state.has_space(self.limits, message.len()) {
            return Err(PushError::Full);
        }
        state.bytes += message.len();
        if state.is_empty() {
            state.next = Some(message);
        } else {
            state.queue.push_back(message);
        }
        let consumer = state.consumer.take();
        drop(state);
        if let Some(consumer) = consumer {
            consumer.wake();
        }
        Ok(())
    }

    /// Queues a message once there is space: never fails because the queue is full.
    pub(crate) async fn send(&self, message: Bytes) -> Result<(), PushError> {
        loop {
            match self.push(message.clone()) {
                Err(PushError::Full) => self.space_for(message.len()).await,
                done => return done,
            }
        }
    }

    /// Waits until there may be space for a message, or never will be.
    async fn space_for(&self, bytes: usize) {
        let mut space = pin!(self.space.notified());
        // Listen first, so that space that appears behind the look is not missed.
        space.as_mut().enable();
        let is_full = {
            let mut state = self.state.lock();
            let is_open = !state.closed && state.kick.is_none();
            let is_full = is_open && !state.has_space(self.limits, bytes);
            state.awaited |= is_full;
            is_full
        };
        if is_full {
            space.await;
        }
    }

    /// Takes the next message.
    pub(crate) fn pop(&self) -> Option<Bytes> {
        let mut state = self.state.lock();
        let message = state.next.take()?;
        state.bytes -= message.len();
        if !state.queue.is_empty() {
            state.next = state.queue.pop_front();
            if state.queue.is_empty() {
                state.queue.shrink_to(IDLE_SLOTS);
            }
        }
        let is_awaited = std::mem::take(&mut state.awaited);
        drop(state);
        if is_awaited {
            self.space.notify_waiters();
        }
        Some(message)
    }

    /// Orders the connection to close; only the first order counts. Nothing is queued any more.
    /// Returns whether this was the first.
    pub(crate) fn kick(&self, kick: Kick) -> bool {
        let mut state = self.state.lock();
        if state.closed || state.kick.is_some() {
            return false;
        }
        state.kick = Some(kick);
        let consumer = state.consumer.take();
        drop(state);
        self.space.notify_waiters();
        if let Some(consumer) = consumer {
            consumer.wake();
        }
        true
    }

    /// Wakes the task for anything else than what is queued.
    pub(crate) fn ring(&self) {
        let mut state = self.state.lock();
        state.rung = true;
        let consumer = state.consumer.take();
        drop(state);
        if let Some(consumer) = consumer {
            consumer.wake();
        }
    }

    /// What the task was woken by. Unless that is an order to close, it is woken by the next push,
    /// kick or ring.
    pub(crate) fn poll_woken(&self, cx: &Context<'_>) -> Woken {
        let mut state = self.state.lock();
        if state.kick.is_none() {
            match &mut state.consumer {
                Some(waker) => waker.clone_from(cx.waker()),
                none => *none = Some(cx.waker().clone()),
            }
        }
        Woken { kick: state.kick, by_bell: std::mem::take(&mut state.rung) }
    }

    /// Takes no more messages, and throws away those that wait. Returns how many those were.
    pub(crate) fn close(&self) -> usize {
        let mut state = self.state.lock();
        state.closed = true;
        state.bytes = 0;
        state.consumer = None;
        let waiting = state.len();
        let thrown_away = (state.next.take(), std::mem::take(&mut state.queue));
        drop(state);
        drop(thrown_away);
        self.space.notify_waiters();
        waiting
    }

    /// Messages that wait.
    pub(crate) fn len(&self) -> usize {
        self.state.lock().len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_test::task::new_count_waker;

    fn outbox(messages: usize, bytes: usize) -> Outbox {
        Outbox::new(QueueLimits { messages, bytes })
    }

    const KICK: Kick = Kick { code: CloseCode::NORMAL, reason: "", drain: false };

    #[test]
    fn both_bounds_hold() {
        let queue = outbox(2, 10);
        assert_eq!(queue.push("12345".into()), Ok(()));
        assert_eq!(queue.push("123456".into()), Err(PushError::Full));
        assert_eq!(queue.push("12345".into()), Ok(()));
        assert_eq!(queue.push("".into()), Err(PushError::Full));
        assert_eq!(queue.pop().as_deref(), Some(&b"12345"[..]));
        assert_eq!(queue.push("".into()), Ok(()));
    }

    #[test]
    fn a_message_above_the_bound_goes_alone() {
        let queue = outbox(10, 3);
        assert_eq!(queue.push("1234".into()), Ok(()));
        assert_eq!(queue.push("".into()), Err(PushError::Full));
        assert!(queue.pop().is_some());
        assert_eq!(queue.push("".into()), Ok(()));
    }

    #[test]
    fn what_no_connection_can_write_is_refused() {
        let queue = outbox(10, usize::MAX);
        let largest = Bytes::from(vec![b'x'; MAX_OUTGOING_BYTES]);
        assert_eq!(queue.push(largest.clone()), Ok(()));
        assert_eq!(queue.push([&largest[..], b"x"].concat().into()), Err(PushError::TooLarge));
    }

    #[test]
    fn nothing_enters_after_a_kick() {
        let queue = outbox(10, 10);
        assert_eq!(queue.push("a".into()), Ok(()));
        assert!(queue.kick(KICK));
        assert!(!queue.kick(KICK));
        assert_eq!(queue.push("b".into()), Err(PushError::Closed));
        assert_eq!(queue.close(), 1);
        assert_eq!(queue.len(), 0);
    }

    #[test]
    fn the_order_is_kept() {
        let queue = outbox(10, 10);
        for message in ["a", "b", "c"] {
            assert_eq!(queue.push(message.into()), Ok(()));
        }
        assert_eq!(queue.pop().as_deref(), Some(&b"a"[..]));
        assert_eq!(queue.push("d".into()), Ok(()));
        assert_eq!(queue.len(), 3);
        for message in [b"b", b"c", b"d"] {
            assert_eq!(queue.pop().as_deref(), Some(&message[..]));
        }
        assert_eq!(queue.pop(), None);
    }

    #[test]
    fn a_ring_is_told_apart_from_a_push_and_seen_once() {
        let queue = outbox(10, 10);
        let (waker, count) = new_count_waker();
        let cx = Context::from_waker(&waker);
        let woken = |by_bell| Woken { kick: None, by_bell };
        assert_eq!(queue.poll_woken(&cx), woken(true));
        assert_eq!(queue.push("a".into()), Ok(()));
        assert_eq!(queue.poll_woken(&cx), woken(false));
        queue.ring();
        // Neither of these is missed, and the task is woken once for both.
        assert_eq!(queue.push("b".into()), Ok(()));
        assert_eq!(queue.poll_woken(&cx), woken(true));
        assert_eq!(queue.poll_woken(&cx), woken(false));
        assert_eq!(count.get(), 2);
    }

    #[tokio::test]
    async fn a_sender_waits_for_space_and_hears_of_the_end() {
        let queue = outbox(1, 10);
        assert_eq!(queue.send("a".into()).await, Ok(()));
        let (sent, ()) = tokio::join!(queue.send("b".into()), async {
            assert!(queue.pop().is_some());
        });
        assert_eq!(sent, Ok(()));
        let (sent, ()) = tokio::join!(queue.send("c".into()), async {
            queue.close();
        });
        assert_eq!(sent, Err(PushError::Closed));
    }
}

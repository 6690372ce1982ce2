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

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<Bytes>,
    bytes: usize,
    kick: Option<Kick>,
    closed: bool,
    consumer: Option<Waker>,
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
        Self { limits, state: Mutex::default(), space: Notify::new() }
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
        let fits = state.queue.len() < self.limits.messages
            && state.bytes.saturating_add(message.len()) <= self.limits.bytes;
        if !fits && !state.queue.is_empty() {
            return Err(PushError::Full);
        }
        state.bytes += message.len();
        state.queue.push_back(message);
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
            let mut space = pin!(self.space.notified());
            // Listen first, so that space that appears behind the attempt is not missed.
            space.as_mut().enable();
            match self.push(message.clone()) {
                Err(PushError::Full) => space.await,
                done => return done,
            }
        }
    }

    /// Takes the next message.
    pub(crate) fn pop(&self) -> Option<Bytes> {
        let mut state = self.state.lock();
        let message = state.queue.pop_front()?;
        state.bytes -= message.len();
        if state.queue.is_empty() {
            state.queue.shrink_to(IDLE_SLOTS);
        }
        drop(state);
        self.space.notify_waiters();
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

    /// The order to close, if there is one; if not, the task is woken by the next push or kick.
    pub(crate) fn poll_kick(&self, cx: &Context<'_>) -> Option<Kick> {
        let mut state = self.state.lock();
        if state.kick.is_none() {
            match &mut state.consumer {
                Some(waker) => waker.clone_from(cx.waker()),
                none => *none = Some(cx.waker().clone()),
            }
        }
        state.kick
    }

    /// Takes no more messages, and throws away those that wait. Returns how many those were.
    pub(crate) fn close(&self) -> usize {
        let mut state = self.state.lock();
        state.closed = true;
        state.bytes = 0;
        state.consumer = None;
        let queue = std::mem::take(&mut state.queue);
        drop(state);
        self.space.notify_waiters();
        queue.len()
    }

    /// Messages that wait.
    pub(crate) fn len(&self) -> usize {
        self.state.lock().queue.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

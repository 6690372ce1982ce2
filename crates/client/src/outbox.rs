//! What the host wants sent, until the connection takes it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use aldis_protocol::client::RequestId;
use aldis_protocol::{Message, Outgoing, RoomName};
use futures_util::future::poll_fn;
use futures_util::task::AtomicWaker;
use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use crate::error::RequestError;

/// Where the reply to a request goes.
#[derive(Debug)]
pub(crate) struct Reply {
    sender: oneshot::Sender<Result<Message, RequestError>>,
    timeout: Duration,
}

/// What a request waits on.
pub(crate) type ReplyReceiver = oneshot::Receiver<Result<Message, RequestError>>;

impl Reply {
    pub(crate) fn new(timeout: Duration) -> (Self, ReplyReceiver) {
        let (sender, receiver) = oneshot::channel();
        (Self { sender, timeout }, receiver)
    }

    /// Hands the message over, or back where nobody waits for it any more.
    pub(crate) fn answer(self, message: Message) -> Result<(), Message> {
        match self.sender.send(Ok(message)) {
            Err(Ok(message)) => Err(message),
            Ok(()) | Err(Err(_)) => Ok(()),
        }
    }

    pub(crate) fn time_out(self) {
        let timeout = self.timeout;
        self.fail(RequestError::TimedOut { timeout });
    }

    pub(crate) fn fail(self, error: RequestError) {
        // Who does not wait any more does not need the error.
        let _ = self.sender.send(Err(error));
    }
}

/// One thing to send. Rooms go through the same queue as messages, so that a message to a room
/// does not overtake the join.
#[derive(Debug)]
pub(crate) enum Entry {
    Message { message: Outgoing, expires: Option<Instant> },
    Request { message: Outgoing, id: RequestId, deadline: Instant, reply: Reply },
    Join(Vec<RoomName>),
    Leave(Vec<RoomName>),
}

impl Entry {
    fn bytes(&self) -> usize {
        match self {
            Self::Message { message, .. } | Self::Request { message, .. } => {
                message.plaintext().len()
            }
            Self::Join(rooms) | Self::Leave(rooms) => {
                rooms.iter().map(|room| room.as_str().len()).sum()
            }
        }
    }

    /// When the entry is given up.
    pub(crate) fn expires(&self) -> Option<Instant> {
        match self {
            Self::Message { expires, .. } => *expires,
            Self::Request { deadline, .. } => Some(*deadline),
            Self::Join(_) | Self::Leave(_) => None,
        }
    }

    /// Whether the entry may wait for another connection.
    fn survives(&self) -> bool {
        matches!(self, Self::Message { expires: Some(_), .. })
    }
}

/// How much may wait in the outbox.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OutboxLimits {
    pub(crate) entries: usize,
    pub(crate) bytes: usize,
}

/// Why the outbox does not take an entry.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    Offline,
    /// So much waited at that moment: with nothing, the entry would never fit.
    Full {
        messages: usize,
        bytes: usize,
    },
}

/// The bounded queue between the host and the connection.
#[derive(Debug)]
pub(crate) struct Outbox {
    limits: OutboxLimits,
    inner: Mutex<Inner>,
    /// Wakes the connection: there is an entry.
    filled: AtomicWaker,
    /// Wakes who waits for expiry: the first to expire may be another one.
    expiry_changed: Notify,
    /// Wakes hosts: there is room again, or no use in waiting for it.
    freed: Notify,
}

#[derive(Debug, Default)]
struct Inner {
    /// There is a session.
    open: bool,
    /// There will be none any more.
    ended: bool,
    entries: VecDeque<Entry>,
    bytes: usize,
    /// Entries that can expire; most of the time there is none to look for.
    expiring: usize,
}

impl Inner {
    fn forget(&mut self, entry: &Entry) {
        self.bytes -= entry.bytes();
        self.expiring -= usize::from(entry.expires().is_some());
    }

    fn is_at_most_half_full(&self, limits: &OutboxLimits) -> bool {
        self.entries.len() <= limits.entries / 2 && self.bytes <= limits.bytes / 2
    }

    fn extract(&mut self, mut pick: impl FnMut(&Entry) -> bool) -> Vec<Entry> {
        let (picked, kept) =
            std::mem::take(&mut self.entries).into_iter().partition(|entry| pick(entry));
        self.entries = kept;
        for entry in &picked {
            self.forget(entry);
        }
        Vec::from(picked)
    }
}

impl Outbox {
    pub(crate) fn new(limits: OutboxLimits) -> Self {
        Self {
            limits,
            inner: Mutex::default(),
            filled: AtomicWaker::new(),
            expiry_changed: Notify::new(),
            freed: Notify::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues an entry; while offline only one that may wait.
    pub(crate) fn push(&self, entry: Entry) -> Result<(), Refused> {
        let mut inner = self.lock();
        if inner.ended || (!inner.open && !entry.survives()) {
            return Err(Refused::Offline);
        }
        let full = inner.entries.len() >= self.limits.entries
            || inner.bytes + entry.bytes() > self.limits.bytes;
        if full {
            return Err(Refused::Full { messages: inner.entries.len(), bytes: inner.bytes });
        }
        let expires = entry.expires().is_some();
        inner.bytes += entry.bytes();
        inner.expiring += usize::from(expires);
        inner.entries.push_back(entry);
        drop(inner);
        self.filled.wake();
        if expires {
            self.expiry_changed.notify_one();
        }
        Ok(())
    }

    /// Lets entries in that cannot wait for another connection.
    pub(crate) fn open(&self) {
        self.lock().open = true;
    }

    /// Shuts out entries that cannot wait, and hands back those that were waiting.
    pub(crate) fn close(&self) -> Vec<Entry> {
        let mut inner = self.lock();
        inner.open = false;
        let left = inner.extract(|entry| !entry.survives());
        drop(inner);
        self.freed.notify_waiters();
        left
    }

    /// Shuts everything out: there will be no connection any more.
    pub(crate) fn end(&self) {
        self.lock().ended = true;
    }

    /// Takes the oldest entry, expired or not.
    pub(crate) fn take(&self) -> Option<Entry> {
        let mut inner = self.lock();
        let had_room = inner.is_at_most_half_full(&self.limits);
        let entry = inner.entries.pop_front()?;
        inner.forget(&entry);
        // Who finds room does not wait, so only the entry that makes it has anybody to wake.
        let freed = !had_room && inner.is_at_most_half_full(&self.limits);
        drop(inner);
        if freed {
            self.freed.notify_waiters();
        }
        Some(entry)
    }

    /// Waits until half of the outbox is free, so that who waited finds room for more than one
    /// entry; where it `survives` not, also until the outbox is shut. Any number may wait.
    pub(crate) async fn room(&self, survives: bool) {
        loop {
            let freed = self.freed.notified();
            tokio::pin!(freed);
            // From here on no wake-up is missed.
            freed.as_mut().enable();
            if self.has_room(survives) {
                return;
            }
            freed.await;
        }
    }

    fn has_room(&self, survives: bool) -> bool {
        let inner = self.lock();
        inner.is_at_most_half_full(&self.limits) || !(inner.open || survives)
    }

    /// Waits until there is an entry. For the connection alone: there is one waker.
    pub(crate) async fn filled(&self) {
        poll_fn(|cx| {
            self.filled.register(cx.waker());
            if self.lock().entries.is_empty() { Poll::Pending } else { Poll::Ready(()) }
        })
        .await;
    }

    /// Waits until entries have expired, and takes them.
    pub(crate) async fn expired(&self) -> Vec<Entry> {
        loop {
            let next = {
                let inner = self.lock();
                let expiries = || inner.entries.iter().filter_map(Entry::expires).min();
                if inner.expiring > 0 { expiries() } else { None }
            };
            match next {
                Some(at) => {
                    tokio::select! {
                        () = tokio::time::sleep_until(at) => {}
                        () = self.expiry_changed.notified() => {}
                    }
                }
                None => self.expiry_changed.notified().await,
            }
            let now = Instant::now();
            let expired = self.lock().extract_expired(now);
            if !expired.is_empty() {
                self.freed.notify_waiters();
                return expired;
            }
        }
    }

    /// Entries and bytes that wait.
    pub(crate) fn depth(&self) -> (usize, usize) {
        let inner = self.lock();
        (inner.entries.len(), inner.bytes)
    }
}

impl Inner {
    fn extract_expired(&mut self, now: Instant) -> Vec<Entry> {
        if self.expiring == 0 {
            return Vec::new();
        }
        self.extract(|entry| entry.expires().is_some_and(|at| at <= now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    fn message(text: &str, expires: Option<Instant>) -> Entry {
        Entry::Message { message: Outgoing::new("e", text, None).unwrap(), expires }
    }

    fn outbox() -> Outbox {
        Outbox::new(OutboxLimits { entries: 3, bytes: 1_000 })
    }

    #[tokio::test(start_paused = true)]
    async fn offline_only_what_may_wait_waits() {
        let (outbox, soon) = (outbox(), Instant::now() + Duration::from_secs(1));
        assert_eq!(outbox.push(message("now", None)), Err(Refused::Offline));
        assert_eq!(outbox.push(message("later", Some(soon))), Ok(()));
        outbox.open();
        assert_eq!(outbox.push(message("now", None)), Ok(()));
        assert_eq!(outbox.close().len(), 1);
        assert_eq!(outbox.depth().0, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn count_and_bytes_are_bounded() {
        let outbox = outbox();
        outbox.open();
        let never_fits = outbox.push(message(&"x".repeat(980), None));
        assert_eq!(never_fits, Err(Refused::Full { messages: 0, bytes: 0 }));
        for _ in 0..3 {
            outbox.push(message("x", None)).unwrap();
        }
        let (messages, bytes) = outbox.depth();
        let full = Err(Refused::Full { messages, bytes });
        assert_eq!(outbox.push(message("x", None)), full);
        assert_eq!(outbox.push(Entry::Join(Vec::new())), full);
        while outbox.take().is_some() {}
        assert_eq!(outbox.depth(), (0, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_room_is_woken_by_room_and_by_the_end() {
        let (outbox, soon) = (outbox(), Instant::now() + Duration::from_secs(1));
        outbox.open();
        for _ in 0..3 {
            outbox.push(message("x", Some(soon))).unwrap();
        }
        let mut waiting = std::pin::pin!(outbox.room(false));
        assert!(waiting.as_mut().now_or_never().is_none());
        outbox.take();
        assert!(waiting.as_mut().now_or_never().is_none(), "less than half is free");
        outbox.take();
        assert!(waiting.as_mut().now_or_never().is_some());

        outbox.push(message("x", Some(soon))).unwrap();
        let mut waiting = std::pin::pin!(outbox.room(false));
        let mut surviving = std::pin::pin!(outbox.room(true));
        assert!(waiting.as_mut().now_or_never().is_none());
        outbox.close();
        assert!(waiting.as_mut().now_or_never().is_some());
        assert!(surviving.as_mut().now_or_never().is_none());
        let (expired, ()) = tokio::join!(outbox.expired(), surviving);
        assert_eq!(expired.len(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn expired_entries_come_out_in_time() {
        let (outbox, start) = (outbox(), Instant::now());
        outbox.push(message("late", Some(start + Duration::from_secs(5)))).unwrap();
        let first = async {
            outbox.push(message("early", Some(start + Duration::from_secs(1)))).unwrap();
        };
        let (expired, ()) = tokio::join!(outbox.expired(), first);
        assert_eq!((expired.len(), start.elapsed().as_secs()), (1, 1));
        assert_eq!((outbox.expired().await.len(), start.elapsed().as_secs()), (1, 5));
    }
}

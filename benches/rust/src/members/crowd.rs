//! All members of a room.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aldis_protocol::{Message, Outgoing, RoomName};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::member::Member;
use crate::Failure;
use crate::payloads::{Texts, Tick, event};

/// Members that connect at the same time.
const AT_ONCE: usize = 16;

/// How long a message may take to reach all members.
const DELIVERED_WITHIN: Duration = Duration::from_mins(1);

/// The event by which both servers publish to a room, and the one that the members get.
const PUBLISH: &str = "room";
const PUBLISHED: &str = event::TICK;

/// Connected members, each in a task of its own.
#[derive(Debug)]
pub struct Crowd {
    room: Option<RoomName>,
    members: u64,
    /// To the member that publishes.
    publisher: mpsc::Sender<Outgoing>,
    tally: Arc<Tally>,
    /// They end with this.
    _tasks: JoinSet<()>,
}

/// What all members have received.
#[derive(Debug, Default)]
struct Tally {
    deliveries: AtomicU64,
    /// How many there are to be.
    expected: AtomicU64,
    texts: Mutex<Option<Arc<Texts>>>,
    failure: Mutex<Option<String>>,
    done: Notify,
}

/// An order to publish.
#[derive(Serialize)]
struct Publication<'a> {
    room: &'a str,
    event: &'static str,
    data: Tick<'a>,
}

impl Crowd {
    /// Connects members, and lets them into a room.
    pub async fn connect(url: &str, members: u32, room: Option<&str>) -> Result<Self, Failure> {
        let room = room.map(RoomName::new).transpose()?;
        let connecting = (0..members).map(|number| Member::connect(url, number, room.as_ref()));
        let mut connected = stream::iter(connecting).buffer_unordered(AT_ONCE);
        let (publisher, outbox) = mpsc::channel(1);
        let (tally, mut tasks, mut outbox) =
            (Arc::new(Tally::default()), JoinSet::new(), Some(outbox));
        // Each runs at once: the last may come when the first has heartbeats to send.
        while let Some(member) = connected.try_next().await? {
            let (tally, outbox, mut received) = (Arc::clone(&tally), outbox.take(), 0);
            tasks.spawn(async move {
                let ended = member.run(outbox, |message| tally.take(message, &mut received)).await;
                if let Err(failure) = ended {
                    tally.fail(failure.to_string());
                }
            });
        }
        drop(connected);
        Ok(Self { room, members: members.into(), publisher, tally, _tasks: tasks })
    }

    /// Publishes messages to the room, the next one when all members have the one before. Returns
    /// how long all of it took.
    pub async fn publish(&mut self, messages: u32, bytes: u32) -> Result<Duration, Failure> {
        let room = self.room.as_ref().ok_or("there is no room")?.as_str();
        let texts = Arc::new(Texts::new(bytes));
        *self.tally.texts.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&texts));
        let first = self.tally.expected.load(Ordering::Relaxed) / self.members;
        let start = Instant::now();
        for seq in first..first + u64::from(messages) {
            let data = texts.tick(seq);
            let publication = Publication { room, event: PUBLISHED, data };
            self.tally.expected.fetch_add(self.members, Ordering::Relaxed);
            self.publisher.send(Outgoing::new(PUBLISH, &publication, None)?).await?;
            let delivered = timeout(DELIVERED_WITHIN, self.tally.done.notified()).await;
            self.check()?;
            delivered.map_err(|_| format!("{} came", self.tally.progress()))?;
        }
        Ok(start.elapsed())
    }

    /// Whether all members are well.
    pub fn check(&self) -> Result<(), Failure> {
        match &*self.tally.failure.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(failure) => Err(failure.clone().into()),
            None => Ok(()),
        }
    }
}

impl Tally {
    /// Counts a delivery to a member that has `received` so many.
    fn take(&self, message: &Message, received: &mut u64) -> Result<(), Failure> {
        if message.event() != PUBLISHED {
            return Ok(());
        }
        let tick: Tick<'_> = message.decode()?;
        if tick.seq != *received {
            return Err(format!("message {received} was expected, and {} came", tick.seq).into());
        }
        let texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        if !texts.as_ref().is_some_and(|texts| texts.fits(tick.seq, &tick.text)) {
            return Err(format!("the text of message {received} is another one").into());
        }
        drop(texts);
        *received += 1;
        let deliveries = self.deliveries.fetch_add(1, Ordering::Relaxed) + 1;
        if deliveries == self.expected.load(Ordering::Relaxed) {
            self.done.notify_one();
        }
        Ok(())
    }

    /// Keeps the first failure, and tells who waits.
    fn fail(&self, failure: String) {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(failure);
        self.done.notify_one();
    }

    fn progress(&self) -> String {
        let [came, expected] =
            [&self.deliveries, &self.expected].map(|n| n.load(Ordering::Relaxed));
        format!("{came} of {expected} deliveries")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(seq: u64, text: &str) -> Message {
        let tick = Tick { seq, at: 0, text: text.into() };
        let plaintext = Outgoing::new(PUBLISHED, &tick, None).unwrap().into_plaintext();
        Message::parse(String::from_utf8(plaintext).unwrap()).unwrap()
    }

    /// Whether a member that gets these messages is well.
    fn is_well(messages: &[Message]) -> bool {
        let tally =
            Tally { texts: Mutex::new(Some(Arc::new(Texts::new(100)))), ..Tally::default() };
        let mut received = 0;
        messages.iter().all(|message| tally.take(message, &mut received).is_ok())
    }

    #[test]
    fn what_is_lost_doubled_swapped_or_changed_fails() {
        let texts = Texts::new(100);
        let [a, b, c] = [0, 1, 2].map(|seq| message(seq, texts.of(seq)));
        assert!(is_well(&[a.clone(), b.clone(), c.clone()]));
        assert!(!is_well(&[a.clone(), c.clone()]));
        assert!(!is_well(&[a.clone(), a.clone()]));
        assert!(!is_well(&[a.clone(), c, b]));
        assert!(!is_well(&[a, message(1, texts.of(0))]));
    }
}

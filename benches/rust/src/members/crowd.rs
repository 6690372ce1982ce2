//! All members of a room.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aldis_protocol::{Message, Outgoing, RoomName};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::member::Member;
use super::tally::{Order, Received, Tally};
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
    /// Messages so far.
    published: u64,
    /// To the member that publishes.
    publisher: mpsc::Sender<Outgoing>,
    tally: Arc<Tally>,
    /// They end with this.
    _tasks: JoinSet<()>,
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
    pub async fn connect(
        url: &str,
        members: u32,
        room: Option<&str>,
        order: Order,
    ) -> Result<Self, Failure> {
        let room = room.map(RoomName::new).transpose()?;
        let connecting = (0..members).map(|number| Member::connect(url, number, room.as_ref()));
        let mut connected = stream::iter(connecting).buffer_unordered(AT_ONCE);
        let (publisher, outbox) = mpsc::channel(1);
        let tally = Arc::new(Tally::new(members, order));
        let (mut tasks, mut outbox) = (JoinSet::new(), Some(outbox));
        // Each runs at once: the last may come when the first has heartbeats to send.
        while let Some(member) = connected.try_next().await? {
            let (tally, outbox) = (Arc::clone(&tally), outbox.take());
            let mut received = Received::default();
            tasks.spawn(async move {
                let on_message = |message: &Message| {
                    if message.event() != PUBLISHED {
                        return Ok(());
                    }
                    tally.take(&message.decode()?, &mut received)
                };
                let ended = member.run(outbox, on_message).await;
                if let Err(failure) = ended {
                    tally.fail(failure.to_string());
                }
            });
        }
        drop(connected);
        Ok(Self { room, members: members.into(), published: 0, publisher, tally, _tasks: tasks })
    }

    /// Publishes messages to the room, `window` of them under way at once. Returns how long it took
    /// until all members have all of them.
    pub async fn publish(
        &mut self,
        messages: u32,
        window: u32,
        bytes: u32,
    ) -> Result<Duration, Failure> {
        let room = self.room.as_ref().ok_or("there is no room")?.as_str();
        let texts = Arc::new(Texts::new(bytes));
        self.tally.expect(Arc::clone(&texts));
        let start = Instant::now();
        for sent in 1..=messages {
            let data = texts.tick(self.published);
            let publication = Publication { room, event: PUBLISHED, data };
            self.publisher.send(Outgoing::new(PUBLISH, &publication, None)?).await?;
            self.published += 1;
            let under_way = if sent < messages { u64::from(window) - 1 } else { 0 };
            self.delivered(self.published.saturating_sub(under_way)).await?;
        }
        Ok(start.elapsed())
    }

    /// Waits until there were as many deliveries as so many messages make.
    async fn delivered(&self, messages: u64) -> Result<(), Failure> {
        while self.tally.deliveries() < messages * self.members {
            let progress = timeout(DELIVERED_WITHIN, self.tally.progress.notified()).await;
            self.check()?;
            let came = self.tally.deliveries();
            progress.map_err(|_| format!("{came} deliveries of {messages} messages came"))?;
        }
        self.check()
    }

    /// Deliveries so far that were not in order.
    pub fn swaps(&self) -> u64 {
        self.tally.swaps()
    }

    /// Whether all members are well.
    pub fn check(&self) -> Result<(), Failure> {
        self.tally.failure().map_or(Ok(()), |failure| Err(failure.into()))
    }
}

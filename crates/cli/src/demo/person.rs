//! Somebody with a client, who tells what happens to it.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use aldis_client::{
    ConnectionState, Message, SignalClient, SignalConfig, SignalEvent, SignalEvents, StateChange,
};
use aldis_server::handlers::event;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use super::tap::Tap;
use super::{CHAT, Failure, PATIENCE, ROOM, to_room};
use crate::console::{ACCENT, Console, FAINT, NOTE, PLAIN, STRONG, short};

/// What somebody says, and who it is.
#[derive(Serialize, Deserialize)]
pub(super) struct Words<'a> {
    from: Cow<'a, str>,
    text: Cow<'a, str>,
}

pub(super) struct Person {
    name: &'static str,
    pub(super) client: SignalClient,
    events: SignalEvents,
}

impl Person {
    /// Connects, joins the room and waits until the server says so.
    pub(super) async fn connect(
        name: &'static str,
        url: &str,
        tap: Tap,
        console: &mut Console,
    ) -> Result<Self, Failure> {
        let token = format!("{}-token", name.to_lowercase());
        let mut config = SignalConfig::new(url).token(token).room(ROOM);
        // Nobody wants to wait in a demo.
        config.base_interval = Duration::from_millis(400);
        let (client, events) = SignalClient::builder(config).dialer(tap).build()?;
        let mut person = Self { name, client, events };
        let started = Instant::now();
        timeout(PATIENCE, person.client.connect()).await??;
        person.narrate_until_connected(console, started).await?;
        Ok(person)
    }

    pub(super) fn say(&self, room: &str, text: &str) -> Result<(), Failure> {
        let (event, data) = to_room(room, &Words { from: self.name.into(), text: text.into() });
        Ok(self.client.send(event, &data)?)
    }

    /// Waits for the next words of another one: in a room everybody hears their own too.
    pub(super) async fn hear(&mut self, console: &mut Console) -> Result<Message, Failure> {
        loop {
            let SignalEvent::Message(message) = self.next("words of the other").await? else {
                continue;
            };
            if message.event() != CHAT {
                continue;
            }
            let Words { from, text } = message.decode()?;
            if from != self.name {
                let said = format_args!("hears {from} say: {STRONG}{text}{PLAIN}");
                console.line(format_args!("  {ACCENT}{:<8}{PLAIN}{said}", self.name))?;
                return Ok(message);
            }
        }
    }

    /// Tells how the connection is lost and found.
    pub(super) async fn recover(&mut self, console: &mut Console) -> Result<(), Failure> {
        self.narrate_until_connected(console, Instant::now()).await
    }

    async fn narrate_until_connected(
        &mut self,
        console: &mut Console,
        started: Instant,
    ) -> Result<(), Failure> {
        let mut path = Vec::new();
        loop {
            match self.next("a session").await? {
                SignalEvent::State(change) if change.state == ConnectionState::Reconnecting => {
                    self.tell_of_loss(console, &change)?;
                }
                SignalEvent::State(change) => path.push(change.state.as_str()),
                SignalEvent::Connected(session) => {
                    let (path, took) = (path.join(" → "), short(started.elapsed()));
                    self.line(console, format_args!("{path} {FAINT}{took}{PLAIN}"))?;
                    let rooms = self.rooms().await?;
                    let id = session.client_id;
                    self.line(console, format_args!("{FAINT}is {id}, in {rooms}{PLAIN}"))?;
                    return Ok(());
                }
                _ => {}
            }
        }
    }

    fn tell_of_loss(&self, console: &mut Console, change: &StateChange) -> std::io::Result<()> {
        let reason = change.reason.as_ref().map(ToString::to_string).unwrap_or_default();
        let delay = change.retry_in.map(short).unwrap_or_default();
        let attempt = change.attempt;
        self.line(
            console,
            format_args!("{NOTE}{reason}{PLAIN}; {STRONG}attempt {attempt} in {delay}{PLAIN}"),
        )
    }

    /// The rooms that the server sees this client in, its own ones apart.
    async fn rooms(&self) -> Result<String, Failure> {
        let reply = self.client.request(event::WHO, &(), PATIENCE).await?;
        let who: serde_json::Value = reply.decode()?;
        let rooms = who["rooms"].as_array().into_iter().flatten();
        let rooms: Vec<_> = rooms.filter_map(|room| room.as_str()).collect();
        if !rooms.contains(&ROOM) {
            return Err(format!("{} is not in {ROOM}, but in {rooms:?}", self.name).into());
        }
        Ok(ROOM.to_owned())
    }

    /// Measures a round trip, and tells what the client has counted.
    pub(super) async fn sum_up(&self, console: &mut Console) -> Result<(), Failure> {
        let start = Instant::now();
        self.client.request(event::ECHO, &"?", PATIENCE).await?;
        let round_trip = short(start.elapsed());
        let stats = self.client.stats();
        let lost = stats.lagged + stats.unsent + stats.expired + stats.dropped.total();
        self.line(
            console,
            format_args!(
                "{} sessions, {} messages out and {} in, {} frames and {} bytes received, {lost} \
                 lost; round trip {ACCENT}{round_trip}{PLAIN}",
                stats.sessions,
                stats.messages_sent,
                stats.messages_received,
                stats.frames_received,
                stats.bytes_received,
            ),
        )?;
        Ok(())
    }

    fn line(&self, console: &mut Console, text: std::fmt::Arguments<'_>) -> std::io::Result<()> {
        console.line(format_args!("  {ACCENT}{:<8}{PLAIN}{text}", self.name))
    }

    async fn next(&mut self, awaited: &str) -> Result<SignalEvent, Failure> {
        let late = |_| format!("{} waited {} for {awaited} in vain", self.name, short(PATIENCE));
        let event = timeout(PATIENCE, self.events.next()).await.map_err(late)?;
        event.ok_or_else(|| format!("the client of {} is gone", self.name).into())
    }
}

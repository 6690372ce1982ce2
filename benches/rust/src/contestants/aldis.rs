//! Aldis as a Rust app uses it.

use std::time::Duration;

use aldis_client::{
    Message, RequestError, SendError, SignalClient, SignalConfig, SignalEvent, SignalEvents,
};
use serde::Serialize;

use crate::Failure;
use crate::contestant::Contestant;
use crate::payloads::{Empty, Flood, SinkCount, Tick, event};

/// Events that are taken at once.
const BATCH: usize = 256;

/// How long a reply may take.
const REPLY_WITHIN: Duration = Duration::from_secs(30);

/// The Aldis client with its defaults.
#[derive(Debug)]
pub struct AldisRust {
    client: SignalClient,
    events: SignalEvents,
    batch: Vec<SignalEvent>,
}

impl Contestant for AldisRust {
    async fn connect(url: &str) -> Result<Self, Failure> {
        let (client, events) = SignalClient::new(SignalConfig::new(url).token("aldis-rust"))?;
        client.connect().await?;
        Ok(Self { client, events, batch: Vec::new() })
    }

    fn dropped(&self) -> u64 {
        let stats = self.client.stats();
        stats.dropped.total() + stats.lagged + stats.unsent
    }

    async fn flood(
        &mut self,
        order: Flood,
        mut on_tick: impl FnMut(&Tick<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        send(&self.client, event::FLOOD, &order).await?;
        let mut left = order.count;
        while left > 0 {
            if self.events.next_batch(&mut self.batch, BATCH).await == 0 {
                return Err("the client is gone".into());
            }
            for event in self.batch.drain(..) {
                let SignalEvent::Message(message) = event else { continue };
                if message.event() == event::TICK {
                    on_tick(&message.decode()?)?;
                    left = left.checked_sub(1).ok_or("more ticks came than were asked for")?;
                }
            }
        }
        Ok(())
    }

    async fn sink(&mut self, tick: &Tick<'_>) -> Result<(), Failure> {
        send(&self.client, event::SINK, tick).await
    }

    async fn count(&mut self) -> Result<SinkCount, Failure> {
        Ok(request(&self.client, event::COUNT, &Empty {}).await?.decode()?)
    }

    async fn echo(
        &self,
        tick: &Tick<'_>,
        on_reply: impl FnOnce(&Tick<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        on_reply(&request(&self.client, event::ECHO, tick).await?.decode()?)
    }

    async fn close(self) {
        self.client.disconnect().await;
    }
}

/// Sends, and waits while the outbox is full.
async fn send(client: &SignalClient, event: &str, data: &impl Serialize) -> Result<(), Failure> {
    loop {
        match client.send(event, data) {
            Err(SendError::OutboxFull { .. }) => client.outbox_ready(false).await,
            sent => return Ok(sent?),
        }
    }
}

/// Asks, and waits while the outbox is full.
async fn request(
    client: &SignalClient,
    event: &str,
    data: &impl Serialize,
) -> Result<Message, Failure> {
    loop {
        match client.request(event, data, REPLY_WITHIN).await {
            Err(RequestError::Send(SendError::OutboxFull { .. })) => {
                client.outbox_ready(false).await;
            }
            replied => return Ok(replied?),
        }
    }
}

//! A client without Aldis.

mod client;
mod crypto;
mod seen_ivs;

use serde::Deserialize;

use crate::Failure;
use crate::contestant::Contestant;
use crate::payloads::{Empty, Flood, SinkCount, Tick, event};
use client::{Event, PlainClient};

/// Events that are taken at once.
const BATCH: usize = 256;

/// tokio-tungstenite, `serde_json::Value`, aes-gcm, p256, hkdf and base64, put together as any
/// careful guide would.
#[derive(Debug)]
pub struct RustPlain {
    client: PlainClient,
    batch: Vec<Event>,
}

/// A tick out of a [`Value`](serde_json::Value), which hands over what it has.
#[derive(Deserialize)]
struct OwnedTick {
    seq: u64,
    at: u64,
    text: String,
}

impl OwnedTick {
    fn read(data: serde_json::Value) -> Result<Tick<'static>, serde_json::Error> {
        let Self { seq, at, text } = serde_json::from_value(data)?;
        Ok(Tick { seq, at, text: text.into() })
    }
}

impl Contestant for RustPlain {
    async fn connect(url: &str) -> Result<Self, Failure> {
        Ok(Self { client: PlainClient::connect(url, "rust-plain").await?, batch: Vec::new() })
    }

    fn dropped(&self) -> u64 {
        self.client.dropped()
    }

    async fn flood(
        &mut self,
        order: Flood,
        mut on_tick: impl FnMut(&Tick<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.client.send(event::FLOOD, &order).await?;
        let mut left = order.count;
        while left > 0 {
            if self.client.events.recv_many(&mut self.batch, BATCH).await == 0 {
                return Err("the connection ended".into());
            }
            for Event { name, data } in self.batch.drain(..) {
                if name == event::TICK {
                    on_tick(&OwnedTick::read(data)?)?;
                    left = left.checked_sub(1).ok_or("more ticks came than were asked for")?;
                }
            }
        }
        Ok(())
    }

    async fn sink(&mut self, tick: &Tick<'_>) -> Result<(), Failure> {
        self.client.send(event::SINK, tick).await
    }

    async fn count(&mut self) -> Result<SinkCount, Failure> {
        Ok(serde_json::from_value(self.client.request(event::COUNT, &Empty {}).await?)?)
    }

    async fn echo(
        &self,
        tick: &Tick<'_>,
        on_reply: impl FnOnce(&Tick<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        on_reply(&OwnedTick::read(self.client.request(event::ECHO, tick).await?)?)
    }

    async fn close(self) {
        self.client.close().await;
    }
}

//! The events of the server.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aldis_server::{Client, CloseCode, Handler, Message, Refusal};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::sink::Sink;
use crate::payloads::{Flood, Texts, event, now_us};

/// Longest tick that may be asked for.
const MAX_TICK_BYTES: u32 = 4 << 20;

/// Answers the events.
#[derive(Debug, Default)]
pub(super) struct Flooding {
    /// By client.
    sinks: Mutex<HashMap<String, Sink>>,
}

/// A tick whose text was written before, because the server is not what is measured.
#[derive(Serialize)]
struct WrittenTick<'a> {
    seq: u64,
    at: u64,
    text: &'a RawValue,
}

#[derive(Deserialize)]
struct Sunk {
    seq: u64,
}

impl Handler for Flooding {
    async fn on_message(&self, client: &Client, message: &Message) -> Result<(), Refusal> {
        match message.event() {
            event::FLOOD => flood(client, message.decode()?).await,
            event::ECHO => {
                let data: &RawValue = message.decode()?;
                Ok(client.reply(message, data).await?)
            }
            event::SINK => {
                let Sunk { seq } = message.decode()?;
                let mut sinks = self.sinks();
                if let Some(sink) = sinks.get_mut(client.id()) {
                    sink.add(seq);
                } else {
                    sinks.entry(client.id().to_owned()).or_default().add(seq);
                }
                Ok(())
            }
            event::COUNT => {
                // What the client sent before this was handled before this.
                let sink = self.sinks().remove(client.id()).unwrap_or_default();
                Ok(client.reply(message, &sink.count()).await?)
            }
            _ => Err(Refusal::unknown_event(message)),
        }
    }

    async fn on_disconnected(&self, client: &Client, _: CloseCode) {
        self.sinks().remove(client.id());
    }
}

impl Flooding {
    fn sinks(&self) -> MutexGuard<'_, HashMap<String, Sink>> {
        // What a panic may have left behind is only a count.
        self.sinks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends ticks. Waits wherever the client's queue is full, so that none is lost.
async fn flood(client: &Client, order: Flood) -> Result<(), Refusal> {
    if order.bytes > MAX_TICK_BYTES {
        return Err(format!("At most {MAX_TICK_BYTES} bytes are allowed").into());
    }
    let texts = Texts::new(order.bytes);
    let written = [to_raw_value(texts.of(0))?, to_raw_value(texts.of(1))?];
    for seq in 0..u64::from(order.count) {
        let text = &written[usize::from(Texts::is_ascii(seq))];
        let tick = WrittenTick { seq, at: now_us(), text };
        client.emit(event::TICK, &tick).await?;
    }
    Ok(())
}

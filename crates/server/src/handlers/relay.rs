//! Echo, chat and a few questions.

use std::time::Duration;

use aldis_protocol::{Message, Outgoing};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::client::Client;
use crate::handle::Target;
use crate::handler::{Handler, Refusal};

/// Names of the events that [`Relay`] understands.
pub mod event {
    /// The same data comes back.
    pub const ECHO: &str = "echo";
    /// `{n, bytes?}`: `n` replies `{n: 0, pad}`, `{n: 1, pad}`, …, with `bytes` characters of
    /// padding each.
    pub const ECHO_MANY: &str = "echo-many";
    /// `{bytes}`: a reply `{text}` of that many characters.
    pub const BIG: &str = "big";
    /// A reply `{id, userId?, rooms}` about the client itself.
    pub const WHO: &str = "who";
    /// `{ms}`: the reply `{ms}` comes that much later, and messages behind it wait.
    pub const SLEEP: &str = "sleep";
    /// `{room, event, data}`: publishes to a room that the client is in, itself included.
    pub const ROOM: &str = "room";
    /// `{event, data}`: publishes to everyone, the client itself included.
    pub const BROADCAST: &str = "broadcast";
    /// `{userId, event, data}`: publishes to all connections of a user.
    pub const TO_USER: &str = "to-user";
    /// `{clientId, event, data}`: publishes to one connection.
    pub const TO_CLIENT: &str = "to-client";
}

/// Most replies that one [`event::ECHO_MANY`] may ask for.
const MAX_REPLIES: u32 = 100_000;

/// Most characters that one reply may be made to have.
const MAX_REPLY_BYTES: usize = 4 << 20;

/// Longest [`event::SLEEP`], in milliseconds.
const MAX_SLEEP_MS: u64 = 60_000;

/// The handler of `aldis serve`: clients can talk to each other through it, and try out the
/// server. Its events are in [`event`]; each is answered under its own name and `id`, those that
/// publish with `{}`. Others are refused with `error`.
///
/// Any client may speak to any other through it, so it is for those who trust each other.
#[derive(Debug, Clone, Copy, Default)]
pub struct Relay;

#[derive(Deserialize)]
struct EchoMany {
    n: u32,
    #[serde(default)]
    bytes: usize,
}

#[derive(Deserialize)]
struct Big {
    bytes: usize,
}

#[derive(Deserialize)]
struct Sleep {
    ms: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Delivery<'a> {
    room: Option<String>,
    user_id: Option<String>,
    client_id: Option<String>,
    event: String,
    #[serde(borrow)]
    data: &'a RawValue,
}

impl Handler for Relay {
    async fn on_message(&self, client: &Client, message: &Message) -> Result<(), Refusal> {
        match message.event() {
            event::ECHO => {
                let data: &RawValue = message.decode()?;
                client.reply(message, data).await?;
            }
            event::ECHO_MANY => echo_many(client, message).await?,
            event::BIG => {
                let Big { bytes } = message.decode()?;
                let text = padding(bytes)?;
                client.reply(message, &json!({ "text": text })).await?;
            }
            event::WHO => client.reply(message, &who(client)).await?,
            event::SLEEP => {
                let Sleep { ms } = message.decode()?;
                tokio::time::sleep(Duration::from_millis(ms.min(MAX_SLEEP_MS))).await;
                client.reply(message, &json!({ "ms": ms })).await?;
            }
            event::ROOM | event::BROADCAST | event::TO_USER | event::TO_CLIENT => {
                publish(client, message)?;
                client.reply(message, &json!({})).await?;
            }
            _ => return Err(Refusal::unknown_event(message)),
        }
        Ok(())
    }
}

async fn echo_many(client: &Client, message: &Message) -> Result<(), Refusal> {
    let EchoMany { n, bytes } = message.decode()?;
    if n > MAX_REPLIES {
        return Err(format!("At most {MAX_REPLIES} replies are allowed").into());
    }
    let pad = padding(bytes)?;
    for n in 0..n {
        client.reply(message, &json!({ "n": n, "pad": pad })).await?;
    }
    Ok(())
}

fn who(client: &Client) -> serde_json::Value {
    let rooms: Vec<_> = client.rooms().iter().map(ToString::to_string).collect();
    let mut who = json!({ "id": client.id(), "rooms": rooms });
    if let Some(user) = client.user().id() {
        who["userId"] = user.into();
    }
    who
}

fn publish(client: &Client, message: &Message) -> Result<(), Refusal> {
    let delivery: Delivery<'_> = message.decode()?;
    let missing = |field: &str| Refusal::new(format!("Invalid data: `{field}` is missing"));
    let target = match message.event() {
        event::ROOM => {
            let room = delivery.room.as_deref().ok_or_else(|| missing("room"))?;
            if !client.is_in(room) {
                return Err("Not in this room".into());
            }
            Target::Room(room)
        }
        event::TO_USER => {
            let user = delivery.user_id.as_deref();
            Target::User(user.ok_or_else(|| missing("userId"))?)
        }
        event::TO_CLIENT => {
            let id = delivery.client_id.as_deref();
            Target::Client(id.ok_or_else(|| missing("clientId"))?)
        }
        _ => Target::Everyone,
    };
    let outgoing = Outgoing::new(&delivery.event, delivery.data, None);
    let outgoing = outgoing.map_err(|error| error.to_string())?;
    client.server().publish(target, outgoing, &[]);
    Ok(())
}

fn padding(bytes: usize) -> Result<String, Refusal> {
    if bytes > MAX_REPLY_BYTES {
        return Err(format!("At most {MAX_REPLY_BYTES} bytes are allowed").into());
    }
    Ok("x".repeat(bytes))
}

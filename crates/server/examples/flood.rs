//! A server to measure clients with: it sends them as much as they ask for, and counts what they
//! send.
//!
//! Prints where it listens as one line of JSON, and ends when its standard input does.
//!
//! | event | data | what the server does |
//! |---|---|---|
//! | `flood` | `{count, bytes}` | sends `count` events `tick`, as fast as the client takes them |
//! | `echo` | anything | sends the same back |
//! | `sink` | a tick | counts it |
//! | `count` | `{}` | replies `{received, inOrder}` about the ticks since the last `count` |
//!
//! A tick is `{seq, at, text}`: a number from 0, the time in microseconds since 1970, and as much
//! text as makes the whole about `bytes` long. All of it is ASCII but for one letter in every
//! eighth tick.
//!
//! ```sh
//! cargo run --release -p aldis-server --example flood
//! ```

use std::collections::HashMap;
use std::error::Error;
use std::io::{self, Read, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime};

use aldis_server::auth::InsecureTokenIsUserId;
use aldis_server::{Client, CloseCode, Handler, Message, Refusal, Server};
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};
use tokio::runtime;
use tokio::sync::oneshot;

/// What the text of a tick is made of.
const WORDS: &str = "a message as people and programs send it: some words, 42 numbers, and so on; ";

/// What a tick takes besides its text, about.
const TICK_WITHOUT_TEXT_BYTES: usize = 48;

/// Every so many ticks have a text that is not all ASCII.
const NOT_ASCII_EVERY: u64 = 8;

/// Longest text of a tick.
const MAX_TEXT_BYTES: usize = 4 << 20;

/// What a client has sent since it was last told.
#[derive(Debug, Default)]
struct Sink {
    received: u64,
    out_of_order: bool,
}

/// Answers the events above.
#[derive(Debug, Default)]
struct Flood {
    /// By client.
    sinks: Mutex<HashMap<String, Sink>>,
}

#[derive(Deserialize)]
struct Order {
    count: u64,
    bytes: usize,
}

#[derive(Serialize)]
struct Tick<'a> {
    seq: u64,
    at: u64,
    text: &'a RawValue,
}

#[derive(Deserialize)]
struct Sunk {
    seq: u64,
}

impl Handler for Flood {
    async fn on_message(&self, client: &Client, message: &Message) -> Result<(), Refusal> {
        match message.event() {
            "flood" => flood(client, &message.decode()?).await,
            "echo" => {
                let data: &RawValue = message.decode()?;
                Ok(client.reply(message, data).await?)
            }
            "sink" => {
                let Sunk { seq } = message.decode()?;
                let mut sinks = self.sinks();
                let sink = sinks.entry(client.id().to_owned()).or_default();
                sink.out_of_order |= seq != sink.received;
                sink.received += 1;
                Ok(())
            }
            "count" => {
                // What the client sent before this was handled before this.
                let sink = self.sinks().remove(client.id()).unwrap_or_default();
                let count = json!({ "received": sink.received, "inOrder": !sink.out_of_order });
                Ok(client.reply(message, &count).await?)
            }
            _ => Err(Refusal::unknown_event(message)),
        }
    }

    async fn on_disconnected(&self, client: &Client, _: CloseCode) {
        self.sinks().remove(client.id());
    }
}

impl Flood {
    fn sinks(&self) -> MutexGuard<'_, HashMap<String, Sink>> {
        // What a panic may have left behind is only a count.
        self.sinks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends ticks. Waits wherever the client's queue is full, so that none is lost.
async fn flood(client: &Client, order: &Order) -> Result<(), Refusal> {
    let bytes = order.bytes.saturating_sub(TICK_WITHOUT_TEXT_BYTES);
    if bytes > MAX_TEXT_BYTES {
        return Err(format!("At most {MAX_TEXT_BYTES} bytes are allowed").into());
    }
    let ascii: String = WORDS.chars().cycle().take(bytes).collect();
    let not_ascii: String = "é".chars().chain(ascii.chars().skip(1)).collect();
    // Written once, because the server is not what is measured.
    let (ascii, not_ascii) = (to_raw_value(&ascii)?, to_raw_value(&not_ascii)?);
    for seq in 0..order.count {
        let text = if seq % NOT_ASCII_EVERY == 0 { &not_ascii } else { &ascii };
        client.emit("tick", &Tick { seq, at: now_us(), text }).await?;
    }
    Ok(())
}

fn now_us() -> u64 {
    let since_1970 = SystemTime::UNIX_EPOCH.elapsed().unwrap_or(Duration::ZERO);
    u64::try_from(since_1970.as_micros()).unwrap_or(u64::MAX)
}

/// Tells when the standard input has ended.
fn end_of_input() -> oneshot::Receiver<()> {
    let (ended, end) = oneshot::channel();
    thread::spawn(move || {
        let mut ignored = [0; 1024];
        while io::stdin().read(&mut ignored).is_ok_and(|bytes| bytes > 0) {}
        // Nobody listens once the server has ended.
        let _ = ended.send(());
    });
    end
}

fn main() -> Result<(), Box<dyn Error>> {
    // One thread: the server has one core, and nothing to share it with.
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let server = Server::builder()
            .authenticator(InsecureTokenIsUserId)
            .handler(Flood::default())
            .build()?;
        let running = server.bind("127.0.0.1:0").await?;
        writeln!(io::stdout(), "{}", json!({ "url": running.url() }))?;
        end_of_input().await?;
        running.shutdown().await;
        Ok(())
    })
}

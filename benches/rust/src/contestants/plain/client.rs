//! The connection.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{interval, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use super::crypto::{Handshake, Opener, Sealer};
use crate::Failure;

/// Messages that may wait for the app, and for the network.
const CAPACITY: usize = 1024;

const CONNECT_WITHIN: Duration = Duration::from_secs(10);
const REPLY_WITHIN: Duration = Duration::from_secs(30);
const HEARTBEAT: Duration = Duration::from_secs(30);

type Socket = WebSocketStream<TcpStream>;

/// A decrypted message.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) name: String,
    pub(super) data: Value,
}

/// One session, without reconnecting. A task reads and decrypts, and waits while the app is slow, so
/// that TCP holds the server back; another one writes, and flushes once nothing more is queued.
pub(super) struct PlainClient {
    /// What is received, in order.
    pub(super) events: mpsc::Receiver<Event>,
    sealer: Mutex<Sealer>,
    outgoing: mpsc::Sender<Message>,
    shared: Arc<Shared>,
    next_id: AtomicU64,
    tasks: JoinSet<()>,
}

/// What the client and its reader share.
#[derive(Default)]
struct Shared {
    /// Requests that wait for their replies, by id.
    pending: Mutex<HashMap<String, oneshot::Sender<Value>>>,
    dropped: AtomicU64,
}

impl Shared {
    fn pending(&self) -> MutexGuard<'_, HashMap<String, oneshot::Sender<Value>>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Serialize)]
struct Envelope<'a, T> {
    event: &'a str,
    data: &'a T,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
}

impl PlainClient {
    /// Connects, and returns when the server has let us in.
    pub(super) async fn connect(url: &str, token: &str) -> Result<Self, Failure> {
        timeout(CONNECT_WITHIN, Self::begin(url, token)).await?
    }

    async fn begin(url: &str, token: &str) -> Result<Self, Failure> {
        let address = url.trim_start_matches("ws://").split('/').next().unwrap_or_default();
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (mut socket, _) = client_async(url, stream).await?;
        let handshake = Handshake::new();
        let data = json!({
            "type": "Bearer",
            "token": token,
            "clientPublicKey": handshake.public_key(),
        });
        let authenticate = json!({ "event": "authenticate", "data": data });
        socket.send(Message::text(authenticate.to_string())).await?;
        let shared = Arc::new(Shared::default());
        let connected = connected(&mut socket, &shared).await?;
        let (sealer, opener) = handshake.finish(&connected)?;

        let (sink, stream) = socket.split();
        let (outgoing, to_send) = mpsc::channel(CAPACITY);
        let (received, events) = mpsc::channel(CAPACITY);
        let mut tasks = JoinSet::new();
        let (reading, reading_ended) = oneshot::channel();
        let reader = read(stream, opener, received, Arc::clone(&shared));
        tasks.spawn(async move {
            reader.await;
            drop(reading);
        });
        tasks.spawn(async move {
            // The reader sees the end of the connection too, and tells by its own.
            let _ = write(sink, to_send, reading_ended).await;
        });
        let (sealer, next_id) = (Mutex::new(sealer), AtomicU64::new(1));
        Ok(Self { events, sealer, outgoing, shared, next_id, tasks })
    }

    /// What was received and dropped: not authentic, replayed, reflected, or in plaintext.
    pub(super) fn dropped(&self) -> u64 {
        self.shared.dropped.load(Ordering::Relaxed)
    }

    /// Sends an event. Waits while too much is queued.
    pub(super) async fn send(&self, event: &str, data: &impl Serialize) -> Result<(), Failure> {
        self.send_with(Envelope { event, data, id: None }).await
    }

    /// Sends an event and waits for the reply of the same id.
    pub(super) async fn request(
        &self,
        event: &str,
        data: &impl Serialize,
    ) -> Result<Value, Failure> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed).to_string();
        let (reply, replied) = oneshot::channel();
        self.shared.pending().insert(id.clone(), reply);
        let asked = async {
            self.send_with(Envelope { event, data, id: Some(&id) }).await?;
            Ok(timeout(REPLY_WITHIN, replied).await??)
        };
        let replied = asked.await;
        if replied.is_err() {
            self.shared.pending().remove(&id);
        }
        replied
    }

    async fn send_with<T: Serialize>(&self, message: Envelope<'_, T>) -> Result<(), Failure> {
        let plaintext = serde_json::to_vec(&message)?;
        let frame = self.sealer.lock().unwrap_or_else(PoisonError::into_inner).seal(plaintext)?;
        Ok(self.outgoing.send(Message::text(frame)).await?)
    }

    /// Says goodbye, and waits until the server has too.
    pub(super) async fn close(mut self) {
        // A writer that is gone has nothing to say goodbye to.
        let _ = self.outgoing.send(Message::Close(None)).await;
        drop(self.events);
        while self.tasks.join_next().await.is_some() {}
    }
}

impl fmt::Debug for PlainClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlainClient").field("dropped", &self.dropped()).finish_non_exhaustive()
    }
}

/// Waits for the server's `connected`. What comes before it is dropped.
async fn connected(socket: &mut Socket, shared: &Shared) -> Result<Value, Failure> {
    loop {
        let message = socket.next().await.ok_or("the server is gone")??;
        let Message::Text(text) = message else { continue };
        let mut message: Value = serde_json::from_str(&text)?;
        match message["event"].as_str() {
            Some("connected") => return Ok(message["data"].take()),
            Some("error") => return Err(message["data"].to_string().into()),
            _ => shared.dropped.fetch_add(1, Ordering::Relaxed),
        };
    }
}

/// Reads until the connection ends.
async fn read(
    mut socket: SplitStream<Socket>,
    mut opener: Opener,
    events: mpsc::Sender<Event>,
    shared: Arc<Shared>,
) {
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else { continue };
        let Some(mut message) = opener.open(&text) else {
            shared.dropped.fetch_add(1, Ordering::Relaxed);
            continue;
        };
        let reply_to = message["id"].as_str().and_then(|id| shared.pending().remove(id));
        let data = message["data"].take();
        if let Some(reply) = reply_to {
            // Who has stopped waiting needs no reply.
            let _ = reply.send(data);
        } else if let Value::String(name) = message["event"].take() {
            // Who has dropped the receiver is about to close.
            let _ = events.send(Event { name, data }).await;
        }
    }
    // Who waits for a reply learns that none will come.
    shared.pending().clear();
}

/// Writes what is queued, and heartbeats, until nothing is read any more.
async fn write(
    mut socket: SplitSink<Socket, Message>,
    mut outgoing: mpsc::Receiver<Message>,
    mut reading_ended: oneshot::Receiver<Infallible>,
) -> Result<(), Failure> {
    let mut heartbeat = interval(HEARTBEAT);
    loop {
        tokio::select! {
            message = outgoing.recv() => {
                let Some(message) = message else { return Ok(()) };
                let mut next = Some(message);
                while let Some(message) = next {
                    let is_last = message.is_close();
                    socket.feed(message).await?;
                    if is_last {
                        return Ok(socket.close().await?);
                    }
                    next = outgoing.try_recv().ok();
                }
                socket.flush().await?;
            }
            _ = &mut reading_ended => return Ok(()),
            _ = heartbeat.tick() => {
                socket.send(Message::text(r#"{"event":"heartbeat"}"#)).await?;
            }
        }
    }
}

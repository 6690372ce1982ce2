//! The client under test, with questions that a test asks.

use std::time::Duration;

use aldis_client::{
    CloseReason, ConnectError, Message, RequestError, Session, SignalClient, SignalConfig,
    SignalEvent, SignalEvents,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::within;

/// Above the guard of [`within`], so that it is the guard that tells what is missing.
const REPLY_TIMEOUT: Duration = Duration::from_mins(10);

/// A client and the events that it has not shown yet.
#[derive(Debug)]
pub struct TestClient {
    /// The client.
    pub handle: SignalClient,
    events: SignalEvents,
}

/// What the server knows of a client.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Who {
    /// Id of the connection.
    pub id: String,
    /// Id of the user.
    pub user_id: Option<String>,
    /// Rooms that the client is in, in no order.
    pub rooms: Vec<String>,
}

impl Who {
    /// Whether the client is in a room.
    pub fn is_in(&self, room: &str) -> bool {
        self.rooms.iter().any(|name| name == room)
    }
}

/// Data that is sent exactly as it stands here.
pub fn raw_json(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap()
}

impl TestClient {
    /// The defaults, but for retries, which come fast and do not end before the test does.
    pub fn config(url: impl Into<String>, token: &str) -> SignalConfig {
        SignalConfig {
            base_interval: Duration::from_millis(20),
            max_interval: Duration::from_millis(100),
            max_retries: 1_000_000,
            ..SignalConfig::new(url).token(token)
        }
    }

    /// Makes a client and does not connect it.
    pub fn new(config: SignalConfig) -> Self {
        let (handle, events) = SignalClient::new(config).unwrap();
        Self { handle, events }
    }

    /// Makes a client and connects it.
    pub async fn connect(url: impl Into<String>, token: &str) -> Self {
        Self::connect_with(Self::config(url, token)).await
    }

    /// Makes a client and connects it.
    pub async fn connect_with(config: SignalConfig) -> Self {
        let mut client = Self::new(config);
        client.try_connect().await.unwrap();
        client.session().await;
        client
    }

    /// Connects, or fails.
    pub async fn try_connect(&self) -> Result<Session, ConnectError> {
        within("the end of connect", self.handle.connect()).await
    }

    /// Sends a request and waits for its reply.
    pub async fn request<T>(&self, event: &str, data: &T) -> Message
    where
        T: Serialize + ?Sized,
    {
        let reply = self.try_request(event, data).await;
        reply.unwrap_or_else(|error| panic!("{event}: {error}\n{}", self.handle.explain()))
    }

    /// Sends a request, which may fail.
    pub async fn try_request<T>(&self, event: &str, data: &T) -> Result<Message, RequestError>
    where
        T: Serialize + ?Sized,
    {
        within(event, self.handle.request(event, data, REPLY_TIMEOUT)).await
    }

    /// Asks for an echo, the proof that the session works both ways.
    pub async fn assert_works(&self) {
        assert_eq!(self.request("echo", "are you there?").await.data(), r#""are you there?""#);
    }

    /// Asks the server who this client is.
    pub async fn who(&self) -> Who {
        self.request("who", &()).await.decode().unwrap()
    }

    /// Waits until the server has let the client into a room: a join is not acknowledged.
    pub async fn is_let_into(&self, room: &str) {
        within(room, async { while !self.who().await.is_in(room) {} }).await;
    }

    /// Joins a room, and waits until the client is in it.
    pub async fn enter(&self, room: &str) {
        self.handle.join([room]).unwrap();
        self.is_let_into(room).await;
    }

    /// The next message. Changes of the state and sessions are passed over; an error is a failure.
    pub async fn message(&mut self) -> Message {
        self.find("a message", |event| match event {
            SignalEvent::Message(message) => Some(message),
            SignalEvent::State(_) | SignalEvent::Connected(_) => None,
            other => panic!("a message was to come, not {other:?}"),
        })
        .await
    }

    /// How the next connection, or the next attempt at one, ended.
    pub async fn ended(&mut self) -> CloseReason {
        self.find("the end of a connection", |event| match event {
            SignalEvent::State(change) => change.reason,
            _ => None,
        })
        .await
    }

    /// The next session.
    pub async fn session(&mut self) -> Session {
        self.find("a session", |event| match event {
            SignalEvent::Connected(session) => Some(session),
            _ => None,
        })
        .await
    }

    /// The next event that `pick` wants; those before it are passed over.
    pub async fn find<T>(
        &mut self,
        what: &str,
        mut pick: impl FnMut(SignalEvent) -> Option<T>,
    ) -> T {
        let found = async {
            loop {
                let event = self.events.next().await.expect("a client that lives has events");
                if let Some(found) = pick(event) {
                    return found;
                }
            }
        };
        within(what, found).await
    }
}

//! The lane of a host that speaks C. A process of its own: whoever is attached stays attached.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]
#![allow(unsafe_code, reason = "the lane is for C")]

use std::collections::HashMap;
use std::future::Future;
use std::slice;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use aldis::{
    Demand, ListenerError, SignalClient, SignalError, SignalEvent, SignalListener, StateChange,
    default_config,
};
use aldis_server::auth::StaticTokens;
use aldis_server::handlers::Relay;
use aldis_server::{Outgoing, RunningServer, Server, Target, User};
use tokio::sync::mpsc;

/// Far above anything that happens on a busy machine.
const LIMIT: Duration = Duration::from_mins(1);

unsafe extern "C" {
    safe fn aldis_lane_attach(deliver: extern "C" fn(i64, *const u8, usize) -> i32);
}

type Sender = mpsc::UnboundedSender<Vec<String>>;

/// Who takes what comes by each lane.
static ENDS: LazyLock<Mutex<HashMap<i64, Sender>>> = LazyLock::new(Mutex::default);

/// Asks for a pause behind every `stop`.
extern "C" fn deliver(lane: i64, batch: *const u8, length: usize) -> i32 {
    // SAFETY: the library says so.
    let messages = read(unsafe { slice::from_raw_parts(batch, length) });
    let pauses = messages.iter().any(|message| message.starts_with("stop"));
    if let Some(end) = ENDS.lock().unwrap().get(&lane) {
        let _ = end.send(messages);
    }
    i32::from(pauses)
}

/// Reads event and data of each message.
fn read(mut batch: &[u8]) -> Vec<String> {
    let mut messages = Vec::new();
    while let Some((lengths, rest)) = batch.split_at_checked(12) {
        let length = |at: usize| u32::from_le_bytes(lengths[at..at + 4].try_into().unwrap());
        // None of them has an id.
        assert_eq!(length(4), u32::MAX);
        let (event, rest) = rest.split_at(length(0) as usize);
        let (data, rest) = rest.split_at(length(8) as usize);
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        messages.push(format!("{} {}", text(event), text(data)));
        batch = rest;
    }
    messages
}

/// Everything but messages, which must not come this way.
struct Rest;

impl SignalListener for Rest {
    fn on_events(&self, events: Vec<SignalEvent>) -> Result<Demand, ListenerError> {
        let is_message = |event: &SignalEvent| matches!(event, SignalEvent::Message { .. });
        assert!(!events.iter().any(is_message), "beside the lane: {events:?}");
        Ok(Demand::More)
    }

    fn on_state(&self, _: StateChange) -> Result<(), ListenerError> {
        Ok(())
    }

    fn on_error(&self, _: SignalError) -> Result<(), ListenerError> {
        Ok(())
    }
}

async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    let outcome = tokio::time::timeout(LIMIT, future).await;
    outcome.unwrap_or_else(|_| panic!("{what}: nothing in {LIMIT:?}"))
}

/// A client with a lane, connected, and what comes by it.
struct Host {
    client: Arc<SignalClient>,
    batches: mpsc::UnboundedReceiver<Vec<String>>,
}

impl Host {
    async fn connected(server: &RunningServer) -> Self {
        aldis_lane_attach(deliver);
        let mut config = default_config(server.url());
        config.token = Some("ann".to_owned());
        let client = Arc::new(SignalClient::new(config, Arc::new(Rest), None).unwrap());
        let lane = client.open_lane().expect("a lane");
        assert_eq!(client.open_lane(), Some(lane), "another lane for the same client");
        let (sender, batches) = mpsc::unbounded_channel();
        ENDS.lock().unwrap().insert(lane, sender);
        within("a session", client.connect()).await.unwrap();
        Self { client, batches }
    }

    /// The next messages, however many come at once.
    async fn messages(&mut self, count: usize) -> Vec<String> {
        let mut messages = Vec::new();
        while messages.len() < count {
            messages.extend(within("a batch", self.batches.recv()).await.unwrap());
        }
        messages
    }
}

async fn server() -> RunningServer {
    let tokens = StaticTokens::new().with("ann", User::new("ann"));
    let server = Server::builder().authenticator(tokens).handler(Relay).build().unwrap();
    server.bind("127.0.0.1:0").await.unwrap()
}

fn publish(server: &RunningServer, event: &str, data: &str) {
    let message = Outgoing::new(event, &data, None).unwrap();
    assert_eq!(server.handle().publish(Target::Everyone, message, &[]).dropped, 0);
}

#[tokio::test]
async fn messages_come_by_the_lane_in_order_and_in_utf_8() {
    let server = server().await;
    let mut host = Host::connected(&server).await;
    let sent = ["ascii", "é", "đ", "🦀", "\u{feff}", ""];
    for data in sent {
        publish(&server, "news", data);
    }
    let expected = sent.map(|data| format!("news {}", serde_json::to_string(data).unwrap()));
    assert_eq!(host.messages(sent.len()).await, expected);
    assert_eq!(host.client.stats().unwrap().listener_failures, 0);
}

#[tokio::test]
async fn a_pause_holds_what_comes_behind_it() {
    let server = server().await;
    let mut host = Host::connected(&server).await;
    publish(&server, "stop", "");
    assert_eq!(host.messages(1).await, [r#"stop """#]);
    publish(&server, "news", "1");
    // The reply is behind it, and does not pass the host.
    let echo = host.client.request("echo".into(), "1".into(), 60_000);
    assert_eq!(within("an echo", echo).await.unwrap().data, "1");
    assert!(host.batches.try_recv().is_err(), "delivered in a pause");
    host.client.resume_delivery();
    assert_eq!(host.messages(1).await, [r#"news "1""#]);
}

#[tokio::test]
async fn a_lane_ends_with_its_client() {
    let server = server().await;
    let mut host = Host::connected(&server).await;
    publish(&server, "news", "1");
    assert_eq!(host.messages(1).await, [r#"news "1""#]);
    host.client.shutdown();
    publish(&server, "news", "2");
    let mut another = Host::connected(&server).await;
    publish(&server, "news", "3");
    assert_eq!(another.messages(1).await, [r#"news "3""#]);
    assert!(host.batches.try_recv().is_err(), "delivered after the end");
}

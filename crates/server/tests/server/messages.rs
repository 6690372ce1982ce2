//! Messages between one client and its handler.

use aldis_server::auth::InsecureTokenIsUserId;
use aldis_server::{Client, CloseCode, Handler, Message, Refusal, Server};
use serde_json::json;
use tokio::sync::mpsc;

use crate::support::{Ended, TestClient, guarded, metric, relay};

#[tokio::test(start_paused = true)]
async fn replies_carry_the_id_and_the_data_as_it_was() {
    let server = relay();
    let mut client = TestClient::connect(&server, "ann").await;
    for data in [json!(null), json!({ "a": [1, 2.5, "\u{1F44B}"] }), json!("x".repeat(90_000))] {
        assert_eq!(client.ask("echo", data.clone()).await, data);
    }
    let who = client.ask("who", json!(null)).await;
    let rooms = json!([client.id(), "ws-default", "ws-notification"]);
    assert_eq!(who, json!({ "id": client.id(), "userId": "ann", "rooms": rooms }));
    client.send("nonsense", &json!({}), Some("9")).await;
    let error = client.next().await.unwrap();
    assert_eq!((error.event(), error.id()), ("error", Some("9")));
    assert_eq!(error.data(), r#"{"message":"Unknown event: nonsense"}"#);
}

#[tokio::test]
async fn ten_thousand_replies_keep_their_order() {
    let running = relay().bind("127.0.0.1:0").await.unwrap();
    let mut client = TestClient::dial(running.local_addr(), "ann").await;
    client.send("echo-many", &json!({ "n": 10_000, "bytes": 50 }), None).await;
    for n in 0..10_000 {
        let (event, data) = guarded(client.event()).await;
        assert_eq!((&*event, data["n"].as_u64()), ("echo-many", Some(n)));
    }
    running.shutdown().await;
}

#[tokio::test]
async fn ten_thousand_requests_keep_their_order() {
    let running = relay().bind("127.0.0.1:0").await.unwrap();
    let addr = running.local_addr();
    let mut client = TestClient::dial(addr, "ann").await;
    let mut sink = TestClient::dial(addr, "bob").await;
    let asked = async {
        for hundred in 0..100 {
            for n in 0..100 {
                let n = hundred * 100 + n;
                let data = json!({ "userId": "bob", "event": "n", "data": n });
                client.feed("to-user", &data, None).await;
            }
            client.flush().await;
            // The replies must be read, or the server stops to listen.
            for _ in 0..100 {
                assert_eq!(client.event().await.0, "to-user");
            }
        }
    };
    let answered = async {
        for n in 0..10_000 {
            assert_eq!(sink.event().await, ("n".to_owned(), json!(n)));
        }
    };
    guarded(async { tokio::join!(asked, answered) }).await;
    running.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn frames_that_come_again_are_dropped_and_counted() {
    let server = relay();
    let mut client = TestClient::connect(&server, "ann").await;
    assert_eq!(client.ask("echo", json!(1)).await, 1);
    let (sent, received) = (client.last_sent.clone(), client.last_received.clone());
    client.send_text(&sent).await;
    client.send_text(&received).await;
    client.send_text(r#"{"event":"echo","data":2}"#).await;
    let refusal = client.next().await.unwrap();
    assert_eq!(refusal.data(), r#"{"message":"Encryption required"}"#);
    assert_eq!(client.ask("echo", json!(3)).await, 3);
    let handle = server.handle();
    for reason in ["replayed", "reflected", "plaintext"] {
        let name = format!("aldis_frames_dropped_total{{reason=\"{reason}\"}}");
        assert_eq!(metric(&handle, &name), 1, "{reason}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_frame_that_was_changed_ends_the_connection() {
    let server = relay();
    let mut client = TestClient::connect(&server, "ann").await;
    assert_eq!(client.ask("echo", json!(1)).await, 1);
    let ct = client.last_sent.find("\"ct\":\"").unwrap() + 6;
    let mut changed = client.last_sent.clone().into_bytes();
    changed[ct] = if changed[ct] == b'A' { b'B' } else { b'A' };
    // With a vector that is new, or it would count as a replay.
    let iv = client.last_sent.find("\"iv\":\"").unwrap() + 6;
    changed[iv] = if changed[iv] == b'A' { b'B' } else { b'A' };
    client.send_text(std::str::from_utf8(&changed).unwrap()).await;
    assert_eq!(client.ended().await, Ended::new(1008, "undecryptable frame"));
}

/// Reports what happens to it; `panic` panics, `slow` waits.
struct Recorder(mpsc::UnboundedSender<String>);

impl Handler for Recorder {
    async fn on_connected(&self, client: &Client) {
        tokio::task::yield_now().await;
        let _ = self.0.send(format!("connected {}", client.rooms().len()));
    }

    async fn on_message(&self, client: &Client, message: &Message) -> Result<(), Refusal> {
        match message.event() {
            "panic" => panic!("as the test wants it"),
            "slow" => tokio::time::sleep(std::time::Duration::from_secs(200)).await,
            "bye" => {
                client.emit("last", "word").await?;
                client.disconnect(CloseCode(4500), "go");
            }
            _ => {}
        }
        let _ = self.0.send(message.event().to_owned());
        Ok(())
    }

    async fn on_disconnected(&self, client: &Client, code: CloseCode) {
        let _ = self.0.send(format!("gone {} {}", code.0, client.rooms().len()));
    }
}

fn recorder() -> (Server, mpsc::UnboundedReceiver<String>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let server = Server::builder()
        .authenticator(InsecureTokenIsUserId)
        .handler(Recorder(sender))
        .build()
        .unwrap();
    (server, receiver)
}

#[tokio::test(start_paused = true)]
async fn a_panic_costs_one_client_its_connection_and_nobody_else_anything() {
    let (server, mut log) = recorder();
    let mut ann = TestClient::connect(&server, "ann").await;
    let mut bob = TestClient::connect(&server, "bob").await;
    ann.feed("panic", &json!(1), None).await;
    ann.send("never", &json!(1), None).await;
    assert_eq!(ann.ended().await, Ended::new(1011, "internal error"));
    drop(ann);
    bob.send("hello", &json!(1), None).await;
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(guarded(log.recv()).await.unwrap());
    }
    seen.sort_unstable();
    assert_eq!(seen, ["connected 3", "connected 3", "gone 1011 0", "hello"]);
    assert_eq!(metric(&server.handle(), "aldis_panics_total"), 1);
    assert_eq!(server.handle().client_count(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_a_client_sent_before_it_left_is_handled_in_order() {
    let (server, mut log) = recorder();
    let mut client = TestClient::connect(&server, "ann").await;
    for event in ["slow", "b", "c"] {
        client.feed(event, &json!(1), None).await;
    }
    client.send("d", &json!(1), None).await;
    drop(client);
    for expected in ["connected 3", "slow", "b", "c", "d", "gone 1006 0"] {
        assert_eq!(log.recv().await.unwrap(), expected);
    }
    assert_eq!(server.handle().client_count(), 0);
    assert!(server.handle().rooms().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_was_queued_before_a_disconnect_arrives() {
    let (server, _log) = recorder();
    let mut client = TestClient::connect(&server, "ann").await;
    client.send("bye", &json!(1), None).await;
    assert_eq!(client.event().await, ("last".to_owned(), json!("word")));
    assert_eq!(client.next().await.unwrap_err(), Ended::new(4500, "go"));
}

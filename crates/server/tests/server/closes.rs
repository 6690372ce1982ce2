//! Connections that end because of what the client does, or does not.

use std::time::Duration;

use aldis_server::{Config, Outgoing, ServerHandle, Target};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, sleep};
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{Frame as RawFrame, FrameHeader};

use crate::support::{Ended, TestClient, bare, guarded, metric, relay, relay_with};

const HEARTBEAT: &str = r#"{"event":"heartbeat"}"#;

#[tokio::test(start_paused = true)]
async fn a_client_that_says_nothing_is_closed() {
    let server = relay();
    let mut client = TestClient::connect(&server, "ann").await;
    let start = Instant::now();
    assert_eq!(client.ended().await, Ended::new(4002, "Heartbeat timeout"));
    assert_eq!(start.elapsed().as_secs(), 90);
    assert_eq!(server.handle().client_count(), 0);
}

#[tokio::test(start_paused = true)]
async fn heartbeats_keep_a_client_and_pings_do_not() {
    let server = relay();
    let mut client = TestClient::connect(&server, "ann").await;
    for _ in 0..10 {
        sleep(Duration::from_secs(80)).await;
        client.send_text(HEARTBEAT).await;
    }
    assert_eq!(client.ask("echo", json!(1)).await, 1);
    let start = Instant::now();
    sleep(Duration::from_mins(1)).await;
    client.send_frame(Frame::Ping("still here".into())).await;
    assert_eq!(client.ended().await.code, 4002);
    assert_eq!(start.elapsed().as_secs(), 90);
}

#[tokio::test(start_paused = true)]
async fn a_busy_handler_is_not_held_against_its_client() {
    let server = relay();
    let mut client = TestClient::connect(&server, "ann").await;
    // More than the server reads ahead, so that the heartbeats lie unread for over 90 s.
    for _ in 0..2 {
        client.feed("sleep", &json!({ "ms": 60_000 }), None).await;
    }
    for n in 0..100 {
        client.feed("echo", &json!(n), None).await;
    }
    client.send_text(HEARTBEAT).await;
    for _ in 0..2 {
        assert_eq!(client.event().await.0, "sleep");
    }
    for n in 0..100 {
        assert_eq!(client.event().await, ("echo".to_owned(), json!(n)));
    }
    // From then on its silence counts again.
    let start = Instant::now();
    assert_eq!(client.ended().await.code, 4002);
    assert_eq!(start.elapsed().as_secs(), 90);
}

#[tokio::test]
async fn a_message_above_the_limit_is_refused() {
    let running = relay().bind("127.0.0.1:0").await.unwrap();
    let mut client = TestClient::dial(running.local_addr(), "ann").await;
    let limit = "x".repeat(131_072);
    client.send_text(&limit).await;
    assert_eq!(guarded(client.event()).await.0, "error");
    // Far more than the limit: the close frame must survive what is still on its way.
    client.send_text(&limit.repeat(8)).await;
    assert_eq!(guarded(client.ended()).await, Ended::new(1009, "message too big"));
    running.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_not_websocket_is_named() {
    let server = relay();
    let mut client = TestClient::connect(&server, "ann").await;
    let text = OpCode::Data(Data::Text);
    let bad_text = RawFrame::message(vec![b'"', 0xFF, b'"'], text, true);
    client.send_frame(Frame::Frame(bad_text)).await;
    assert_eq!(client.ended().await, Ended::new(1007, "invalid UTF-8"));

    let mut client = TestClient::connect(&server, "bob").await;
    let header = FrameHeader { rsv1: true, opcode: text, ..FrameHeader::default() };
    let reserved = RawFrame::from_payload(header, "x".into());
    client.send_frame(Frame::Frame(reserved)).await;
    assert_eq!(client.ended().await, Ended::new(1002, "protocol error"));
}

#[tokio::test(start_paused = true)]
async fn a_goodbye_is_answered() {
    let server = relay();
    let mut client = TestClient::connect(&server, "ann").await;
    client.send_frame(Frame::Close(None)).await;
    assert_eq!(client.ended().await.code, 1005);
    assert_eq!(server.handle().client_count(), 0);
    guarded(server.handle().shutdown()).await;
    let name = "aldis_closes_total{code=\"1000\"}";
    assert_eq!(metric(&server.handle(), name), 1);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_nothing_does_not_stay() {
    let server = relay_with(Config { write_timeout: Duration::from_secs(30), ..Config::default() });
    let handle = server.handle();
    let mut client = TestClient::connect(&server, "ann").await;
    let data = json!({ "n": 1000, "bytes": 1000 });
    client.send("echo-many", &data, None).await;
    assert_closed_for_slowness(&handle).await;
}

/// The only client, which takes nothing from now on, stays for 30 seconds.
async fn assert_closed_for_slowness(handle: &ServerHandle) {
    sleep(Duration::from_secs(29)).await;
    assert_eq!(handle.client_count(), 1);
    sleep(Duration::from_secs(2)).await;
    assert_eq!(handle.client_count(), 0);
    assert_eq!(metric(handle, "aldis_slow_consumers_total"), 1);
}

#[tokio::test(start_paused = true)]
async fn also_if_it_is_only_published_to() {
    let server = relay();
    let handle = server.handle();
    let _client = TestClient::connect(&server, "ann").await;
    for _ in 0..100 {
        let data = "x".repeat(1000);
        let news = Outgoing::new("news", &data, None).unwrap();
        assert_eq!(handle.publish(Target::Everyone, news, &[]).queued, 1);
    }
    assert_closed_for_slowness(&handle).await;
}

#[tokio::test(start_paused = true)]
async fn half_a_request_does_not_stay() {
    let server = relay();
    let mut stream = bare(&server);
    stream.write_all(b"GET /ws HTTP/1.1\r\nhost: x\r\n").await.unwrap();
    let start = Instant::now();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 10);
}

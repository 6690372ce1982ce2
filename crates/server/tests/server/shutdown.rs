//! The end of a server.

use std::time::Duration;

use aldis_server::{Outgoing, Target};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::support::{Ended, RawSocket, TestClient, bare, guarded, metric, relay};

#[tokio::test(start_paused = true)]
async fn everybody_is_told_behind_what_was_queued() {
    let server = relay();
    let handle = server.handle();
    let mut ann = TestClient::connect(&server, "ann").await;
    let mut stranger = RawSocket::connect(&server).await;
    for n in 0..100 {
        let news = Outgoing::new("news", &n, None).unwrap();
        assert_eq!(handle.publish(Target::Everyone, news, &[]).queued, 1);
    }
    let clients = async {
        for n in 0..100 {
            assert_eq!(ann.event().await, ("news".to_owned(), json!(n)));
        }
        let ended = Ended::new(1001, "Server shutting down");
        assert_eq!(ann.next().await.unwrap_err(), ended);
        assert_eq!(stranger.next().await.unwrap_err(), ended);
        drop((ann, stranger));
    };
    guarded(async { tokio::join!(handle.shutdown(), clients) }).await;
    assert!(handle.is_shutting_down());
    assert_eq!(metric(&handle, "aldis_connections"), 0);
    assert_eq!(metric(&handle, "aldis_closes_total{code=\"1001\"}"), 2);
    let abandoned = "aldis_handshakes_total{result=\"abandoned\"}";
    assert_eq!(metric(&handle, abandoned), 1);
}

#[tokio::test(start_paused = true)]
async fn work_that_does_not_end_is_given_up() {
    let server = relay();
    let handle = server.handle();
    let mut client = TestClient::connect(&server, "ann").await;
    client.send("sleep", &json!({ "ms": 60_000 }), None).await;
    client.send("echo", &json!(1), None).await;
    // Let the server read what was sent.
    tokio::time::sleep(Duration::from_millis(1)).await;
    drop(client);
    let start = Instant::now();
    handle.shutdown().await;
    assert_eq!(start.elapsed().as_secs(), 10);
    let unhandled = "aldis_messages_lost_total{reason=\"unhandled\"}";
    assert_eq!(metric(&handle, unhandled), 2);
}

#[tokio::test(start_paused = true)]
async fn latecomers_are_sent_away() {
    let server = relay();
    let mut early = bare(&server);
    early.write_all(b"GET /ws HTTP/1.1\r\n").await.unwrap();
    tokio::time::sleep(Duration::from_millis(1)).await;
    server.handle().shutdown().await;
    let rest = b"host: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
        sec-websocket-version: 13\r\nsec-websocket-key: x\r\n\r\n";
    early.write_all(rest).await.unwrap();
    let mut answer = String::new();
    early.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
}

#[tokio::test]
async fn the_port_is_free_again() {
    let running = relay().bind("127.0.0.1:0").await.unwrap();
    let addr = running.local_addr();
    guarded(running.shutdown()).await;
    assert!(TcpStream::connect(addr).await.is_err());
}

#[tokio::test]
async fn dropping_the_server_shuts_it_down() {
    let running = relay().bind("127.0.0.1:0").await.unwrap();
    let mut client = TestClient::dial(running.local_addr(), "ann").await;
    drop(running);
    assert_eq!(guarded(client.ended()).await.code, 1001);
}

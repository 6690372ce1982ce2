//! The HTTP side.

use aldis_server::{ApiKey, Config};
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{TestClient, bare, guarded, relay, relay_with};

const KEY: &str = "an-api-key-of-good-length";

/// Sends one request, and gives the status and the body.
async fn request(addr: SocketAddr, head: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    exchange(&mut stream, head, body).await
}

async fn exchange<S>(stream: &mut S, head: &str, body: &str) -> (u16, String)
where
    S: AsyncReadExt + AsyncWriteExt + Unpin,
{
    let length = body.len();
    let request =
        format!("{head}\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    guarded(stream.read_to_string(&mut answer)).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}

fn code(body: &str) -> String {
    let body: Value = serde_json::from_str(body).unwrap();
    body["error"]["code"].as_str().unwrap().to_owned()
}

const PUBLISH: &str = "POST /api/publish HTTP/1.1\r\ncontent-type: application/json";

#[tokio::test]
async fn paths_and_methods() {
    let running = relay().bind("127.0.0.1:0").await.unwrap();
    let addr = running.local_addr();
    assert_eq!(request(addr, "GET /nowhere HTTP/1.1", "").await.0, 404);
    let (status, body) = request(addr, "GET /ws HTTP/1.1", "").await;
    assert_eq!((status, &*code(&body)), (426, "upgrade_required"));
    assert_eq!(request(addr, "POST /ws HTTP/1.1", "").await.0, 405);
    let health = request(addr, "GET /healthz HTTP/1.1", "").await;
    assert_eq!(health, (200, r#"{"clients":0,"status":"ok"}"#.to_owned()));
    let (status, metrics) = request(addr, "GET /metrics HTTP/1.1", "").await;
    assert!(status == 200 && metrics.contains("aldis_connections 0"));
    running.shutdown().await;
}

#[tokio::test]
async fn programs_on_the_machine_publish_without_a_key() {
    let running = relay().bind("127.0.0.1:0").await.unwrap();
    let addr = running.local_addr();
    let mut client = TestClient::dial(addr, "ann").await;
    let id = client.id().to_owned();
    for (n, (target, queued)) in [
        (json!({ "target": "all" }), 1),
        (json!({ "target": "user", "to": "ann" }), 1),
        (json!({ "target": "client", "to": id }), 1),
        (json!({ "target": "room", "to": "ws-default" }), 1),
        (json!({ "target": "all", "exclude": [id] }), 0),
        (json!({ "target": "room", "to": "empty" }), 0),
    ]
    .into_iter()
    .enumerate()
    {
        let mut body = target;
        body["event"] = "news".into();
        body["data"] = n.into();
        let answer = request(addr, PUBLISH, &body.to_string()).await;
        assert_eq!(answer, (200, format!(r#"{{"queued":{queued},"dropped":0}}"#)));
        if queued == 1 {
            assert_eq!(guarded(client.event()).await, ("news".to_owned(), json!(n)));
        }
    }
    let body = json!({ "target": "all", "event": "news", "data": 1 }).to_string();
    for header in ["origin: http://evil", "x-forwarded-for: 1.2.3.4", "forwarded: for=1.2.3.4"] {
        let (status, body) = request(addr, &format!("{PUBLISH}\r\n{header}"), &body).await;
        assert_eq!((status, &*code(&body)), (403, "loopback_only"));
    }
    running.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn callers_of_unknown_origin_need_a_key() {
    let (status, body) = exchange(&mut bare(&relay()), PUBLISH, "{}").await;
    assert_eq!((status, &*code(&body)), (403, "loopback_only"));
}

#[tokio::test]
async fn the_key_is_demanded_where_there_is_one() {
    let server = relay_with(Config { api_key: Some(ApiKey::new(KEY)), ..Config::default() });
    let running = server.bind("127.0.0.1:0").await.unwrap();
    let addr = running.local_addr();
    let body = json!({ "target": "all", "event": "news", "data": 1 }).to_string();
    for wrong in ["", "\r\nauthorization: Bearer wrong", "\r\nauthorization: Basic eA=="] {
        let (status, body) = request(addr, &format!("{PUBLISH}{wrong}"), &body).await;
        assert_eq!((status, &*code(&body)), (401, "unauthorized"));
    }
    let head = format!("{PUBLISH}\r\nauthorization: Bearer {KEY}\r\norigin: http://admin");
    assert_eq!(request(addr, &head, &body).await.0, 200);
    running.shutdown().await;
}

#[tokio::test]
async fn bad_bodies_are_named() {
    let running = relay().bind("127.0.0.1:0").await.unwrap();
    let addr = running.local_addr();
    for (body, status, expected) in [
        ("{", 400, "body_invalid"),
        (r#"{"target":"all","event":"x"}"#, 422, "body_invalid"),
        (r#"{"target":"all","event":"x","data":1,"y":1}"#, 422, "body_invalid"),
        (r#"{"target":"room","event":"x","data":1}"#, 400, "target_missing"),
        (r#"{"target":"all","event":"","data":1}"#, 400, "event_name_empty"),
        (r#"{"target":"all","event":"join","data":1}"#, 400, "event_name_reserved"),
    ] {
        let (got, answer) = request(addr, PUBLISH, body).await;
        assert_eq!((got, &*code(&answer)), (status, expected), "{body}");
    }
    let plain = "POST /api/publish HTTP/1.1\r\ncontent-type: text/plain";
    assert_eq!(request(addr, plain, "{}").await.0, 415);
    let long = format!(r#"{{"target":"all","event":"x","data":"{}"}}"#, "x".repeat(1 << 20));
    assert_eq!(request(addr, PUBLISH, &long).await.0, 413);
    running.shutdown().await;
}

//! Payloads: what arrives is what was sent, up to the limits and no further.

use aldis_client::{CloseCode, CloseReason, OutgoingError, RequestError, SendError};
use aldis_tests::{Kind, Server, TestClient, raw_json};
use futures_util::future::join_all;
use serde::Deserialize;
use serde_json::json;

/// Longest plaintext of a message that IGNIS takes.
const LIMIT: usize = 98_240;

/// JSON as it is sent, and as it comes back from a server that reads and writes it again with
/// JavaScript's `JSON`. Ours hands it on untouched.
type Sample = (&'static str, &'static str);

const STYLES: [Sample; 6] = [
    ("{ \"a\" :\t[ 1 , 2 ],\r\n\"b\": { } }", r#"{"a":[1,2],"b":{}}"#),
    ("[1e2, -0.0, 1.50, 12345678901234567890]", "[100,0,1.5,12345678901234567000]"),
    (r#"{"b": 1, "a": 2, "b": 3}"#, r#"{"b":3,"a":2}"#),
    ("null", "null"),
    ("false", "false"),
    (r#""""#, r#""""#),
];

const TEXTS: [Sample; 8] = [
    (r#""👩‍👩‍👧‍👦 🏳️‍🌈 é""#, r#""👩‍👩‍👧‍👦 🏳️‍🌈 é""#),
    ("\"שלום \u{202e}مرحبا\u{200f}\"", "\"שלום \u{202e}مرحبا\u{200f}\""),
    (r#""𝄞 𠜎 𐍈""#, r#""𝄞 𠜎 𐍈""#),
    ("\"\u{2028}\u{2029}\u{feff}\"", "\"\u{2028}\u{2029}\u{feff}\""),
    (r#""\u00e9 \u2028 \/ \" \\ \n""#, "\"é \u{2028} / \\\" \\\\ \\n\""),
    (r#""\ud83d\ude00""#, r#""😀""#),
    (r#"["\ud800", "\udc00x", "\ude00\ud83d"]"#, r#"["\ud800","\udc00x","\ude00\ud83d"]"#),
    (r#"{"\u0000": "\u001f\u007f"}"#, "{\"\\u0000\":\"\\u001f\u{7f}\"}"),
];

pub(crate) async fn verbatim_data(kind: Kind) {
    come_back(kind, "good-ann", &STYLES).await;
}

pub(crate) async fn unicode(kind: Kind) {
    come_back(kind, "good-Zoë 🦀", &TEXTS).await;
}

async fn come_back(kind: Kind, token: &str, samples: &[Sample]) {
    let server = Server::start(kind).await;
    let client = TestClient::connect(server.url(), token).await;
    for &(sent, written_again) in samples {
        let echo = client.request("echo", &raw_json(sent)).await;
        let expected = if kind == Kind::Aldis { sent } else { written_again };
        assert_eq!(echo.data(), expected, "{sent}");
    }
    assert_eq!(client.who().await.user_id.as_deref(), token.strip_prefix("good-"));
}

pub(crate) async fn ninety_kilobytes_both_ways(kind: Kind) {
    let server = Server::start(kind).await;
    let client = TestClient::connect(server.url(), "good-ann").await;
    let text = "é😀\u{2028}x".repeat(9_000);
    assert_eq!(text.len(), 90_000);
    let echo = client.request("echo", &text).await;
    assert!(echo.decode::<&str>().unwrap() == text);
}

/// A payload whose message, sent without an `id`, is as long as the limit.
fn largest() -> String {
    "x".repeat(LIMIT - r#"{"event":"echo","data":""}"#.len())
}

pub(crate) async fn largest_message(kind: Kind) {
    let server = Server::start(kind).await;
    let mut client = TestClient::connect(server.url(), "good-ann").await;
    client.handle.send("echo", &largest()).unwrap();
    assert!(client.message().await.decode::<&str>().unwrap() == largest());
    assert_eq!(client.handle.stats().sessions, 1);
}

pub(crate) async fn oversized_message_is_refused_before_it_is_sent(kind: Kind) {
    let server = Server::start(kind).await;
    let client = TestClient::connect(server.url(), "good-ann").await;
    let sent = client.handle.stats().frames_sent;
    let error = client.handle.send("echo", &(largest() + "x")).unwrap_err();
    let SendError::Message(OutgoingError::TooLarge { size, limit }) = error else {
        panic!("{error}");
    };
    assert_eq!((size, limit), (LIMIT + 1, LIMIT));
    assert_eq!(client.handle.stats().frames_sent, sent);
    client.assert_works().await;
    assert_eq!(client.handle.stats().sessions, 1, "the connection is unharmed");
}

/// A client that believes in a higher limit than the server has (1009).
pub(crate) async fn message_beyond_the_servers_limit(kind: Kind) {
    let server = Server::start(kind).await;
    let mut config = TestClient::config(server.url(), "good-ann");
    config.max_frame_bytes = 1 << 20;
    let mut client = TestClient::connect_with(config).await;
    client.handle.send("echo", &"x".repeat(100_000)).unwrap();
    let reason = client.ended().await;
    assert_eq!(reason.close_code(), Some(CloseCode::MESSAGE_TOO_BIG), "{reason}");
    assert!(matches!(reason, CloseReason::Closed { .. }), "{reason}");
    client.session().await;
    client.assert_works().await;
}

pub(crate) async fn four_mebibytes_from_the_server(kind: Kind) {
    #[derive(Deserialize)]
    struct Big<'a> {
        text: &'a str,
    }

    let server = Server::start(kind).await;
    let client = TestClient::connect(server.url(), "good-ann").await;
    let reply = client.request("big", &json!({ "bytes": 4 << 20 })).await;
    let Big { text } = reply.decode().unwrap();
    assert_eq!(text.len(), 4 << 20);
    assert!(text.bytes().all(|byte| byte == b'x'));
}

/// IGNIS answers them in any order: only the `id` tells which reply is whose.
pub(crate) async fn five_hundred_requests(kind: Kind) {
    let server = Server::start(kind).await;
    let client = TestClient::connect(server.url(), "good-ann").await;
    let request = async |n: u32| client.request("echo", &n).await.decode::<u32>().unwrap();
    let replies = join_all((0..500).map(request)).await;
    assert_eq!(replies, (0..500).collect::<Vec<_>>());
}

pub(crate) async fn five_hundred_replies_to_one_message(kind: Kind) {
    #[derive(Deserialize)]
    struct Reply {
        n: u32,
    }

    let server = Server::start(kind).await;
    let mut client = TestClient::connect(server.url(), "good-ann").await;
    client.handle.send("echo-many", &json!({ "n": 500, "bytes": 100 })).unwrap();
    let mut received = Vec::new();
    for _ in 0..500 {
        received.push(client.message().await.decode::<Reply>().unwrap().n);
    }
    if kind == Kind::Ignis {
        // Nothing lost, nothing twice: IGNIS promises no more.
        received.sort_unstable();
    }
    assert_eq!(received, (0..500).collect::<Vec<_>>());
}

pub(crate) async fn unknown_event(kind: Kind) {
    let server = Server::start(kind).await;
    let client = TestClient::connect(server.url(), "good-ann").await;
    let Err(RequestError::Refused { reply }) = client.try_request("frobnicate", &()).await else {
        panic!("a request that the server does not know was answered");
    };
    assert_eq!(reply.event(), "error");
    assert_eq!(reply.data(), r#"{"message":"Unknown event: frobnicate"}"#);
}

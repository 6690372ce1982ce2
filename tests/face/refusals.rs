//! What every operation can fail with: the variant, its code, its words.

use std::fmt::Display;

use aldis::{
    ConnectError, ConnectionState, RequestError, RoomError, SendError, SignalConfig, TokenError,
};
use aldis_testkit::FaultProxy;

use crate::host::{Host, REPLY_TIMEOUT_MS, config, config_of_one_try, within};
use crate::server::{TestServer, scripted_server, silent_server};

const DAY_MS: i64 = 24 * 3_600_000;

/// Nobody listens there: the port belongs to a service that no machine has any more.
const NOWHERE: &str = "ws://127.0.0.1:9/ws";

/// The code and the words; what people read has to be the words.
fn told(error: &impl Display, code: &str, detail: &str, words: &str) -> String {
    assert_eq!(error.to_string(), detail);
    assert!(detail.contains(words), "`{detail}` does not say `{words}`");
    code.to_owned()
}

fn send_error(error: &SendError, words: &str) -> String {
    match error {
        SendError::NotConnected { code, detail, .. }
        | SendError::OutboxFull { code, detail, .. }
        | SendError::TooLarge { code, detail, .. }
        | SendError::InvalidEvent { code, detail }
        | SendError::NotJson { code, detail }
        | SendError::InvalidTtl { code, detail } => told(error, code, detail, words),
        SendError::Closed { code } => code.clone(),
    }
}

#[tokio::test]
async fn a_message_that_cannot_be_sent_now() {
    let host =
        Host::new(SignalConfig { max_outbox_messages: Some(1), ..config(NOWHERE, "good-ann") });
    let error = host.client.send("e", "1", None).unwrap_err();
    assert_eq!(send_error(&error, "disconnected"), "not_connected");
    let state = ConnectionState::Disconnected;
    assert!(matches!(error, SendError::NotConnected { state: at, .. } if at == state));

    host.client.send("e", "1", Some(DAY_MS)).unwrap();
    let error = host.client.send("e", "1", Some(DAY_MS)).unwrap_err();
    assert_eq!(send_error(&error, "1 messages"), "outbox_full");
    assert!(matches!(error, SendError::OutboxFull { messages: 1, bytes: 1.., .. }));
}

#[tokio::test]
async fn a_message_that_can_never_be_sent() {
    let host = Host::new(config(NOWHERE, "good-ann"));
    let send = |event: &str, data: &str, ttl| host.client.send(event, data, ttl).unwrap_err();

    let large = format!("\"{}\"", "x".repeat(200_000));
    let error = send("e", &large, None);
    assert_eq!(send_error(&error, "bytes"), "message_too_large");
    let SendError::TooLarge { size, limit, .. } = error else { panic!("{error:?}") };
    assert!(size > 200_000 && limit < 131_072, "{size} of {limit}");

    assert_eq!(send_error(&send("", "1", None), "empty"), "event_name_empty");
    let reserved = send("connected", "1", None);
    assert_eq!(send_error(&reserved, "connected"), "event_name_reserved");
    assert!(matches!(reserved, SendError::InvalidEvent { .. }));

    for not_json in ["", "{", "1 2", "undefined", "{\"a\":1,}"] {
        let error = send("e", not_json, None);
        assert_eq!(send_error(&error, "JSON"), "payload_not_json");
        assert!(matches!(error, SendError::NotJson { .. }));
    }
    for ttl in [0, -1, i64::MIN, DAY_MS + 1, i64::MAX] {
        let error = send("e", "1", Some(ttl));
        assert_eq!(send_error(&error, "1 ms to"), "invalid_ttl");
        assert!(matches!(error, SendError::InvalidTtl { .. }));
    }
}

async fn request(host: &Host, event: &str, data: &str, timeout_ms: i64) -> RequestError {
    let request = host.client.request(event.to_owned(), data.to_owned(), timeout_ms);
    within(event, request).await.unwrap_err()
}

#[tokio::test]
async fn a_request_that_is_not_sent() {
    let host = Host::new(config(NOWHERE, "good-ann"));
    for (event, data, code) in [
        ("e", "1", "not_connected"),
        ("e", "nonsense", "payload_not_json"),
        ("", "1", "event_name_empty"),
    ] {
        let error = request(&host, event, data, REPLY_TIMEOUT_MS).await;
        let words = error.to_string();
        let RequestError::NotSent { error } = error else { panic!("{error:?}") };
        assert_eq!(send_error(&error, ""), code);
        assert_eq!(words, error.to_string());
    }
    for timeout in [0, -1, i64::MIN, DAY_MS + 1, i64::MAX] {
        let error = request(&host, "e", "1", timeout).await;
        let RequestError::InvalidTimeout { code, detail } = &error else { panic!("{error:?}") };
        assert_eq!(told(&error, code, detail, "1 ms to"), "invalid_timeout");
    }
}

#[tokio::test]
async fn a_request_that_gets_no_reply() {
    let server = scripted_server(|peer| async { Ok(peer) }).await;
    let mut host = Host::new(SignalConfig {
        max_pending_requests: Some(1),
        ..config(server.url(), "good-ann")
    });
    host.connect().await;

    let error = request(&host, "e", "1", 1).await;
    let RequestError::TimedOut { code, detail, timeout_ms: 1 } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(told(&error, code, detail, "1ms"), "request_timed_out");

    let one_too_many = async {
        let error = request(&host, "e", "2", REPLY_TIMEOUT_MS).await;
        let RequestError::TooManyRequests { code, detail } = &error else { panic!("{error:?}") };
        assert_eq!(told(&error, code, detail, "1 requests"), "too_many_requests");
        host.client.disconnect().await;
    };
    let (lost, ()) = tokio::join!(biased; request(&host, "e", "1", REPLY_TIMEOUT_MS), one_too_many);
    let RequestError::ConnectionLost { code, detail } = &lost else { panic!("{lost:?}") };
    assert_eq!(told(&lost, code, detail, "before the reply"), "request_connection_lost");
    server.finish().await.unwrap();
}

#[tokio::test]
async fn a_request_that_the_server_refuses() {
    let server = TestServer::start().await;
    let host = Host::connected(server.url(), "good-ann").await;
    let error = request(&host, "nonsense", "1", REPLY_TIMEOUT_MS).await;
    let RequestError::Refused { code, detail, reply } = &error else { panic!("{error:?}") };
    assert_eq!(told(&error, code, detail, "Unknown event: nonsense"), "request_refused");
    assert_eq!(reply.event, "error");
    assert!(reply.data.contains("Unknown event: nonsense") && reply.id.is_some());
}

#[tokio::test]
async fn rooms_that_are_not_taken() {
    let host = Host::new(config(NOWHERE, "good-ann"));
    for (rooms, name, code) in
        [(vec!["fine", ""], "", "room_name_empty"), (vec!["ws:x"], "ws:x", "room_name_reserved")]
    {
        let rooms: Vec<_> = rooms.into_iter().map(ToOwned::to_owned).collect();
        for error in
            [host.client.join(rooms.clone()).unwrap_err(), host.client.leave(rooms).unwrap_err()]
        {
            let RoomError::InvalidName { code: got, detail, name: refused } = &error else {
                panic!("{error:?}")
            };
            assert_eq!(told(&error, got, detail, name), code);
            assert_eq!(refused, name);
        }
    }
    let error = host.client.join((0..10_001).map(|n| n.to_string()).collect()).unwrap_err();
    let RoomError::TooMany { code, detail } = &error else { panic!("{error:?}") };
    assert_eq!(told(&error, code, detail, "10001 rooms"), "too_many_rooms");
    assert_eq!(host.client.rooms(), Vec::<String>::new());
}

#[tokio::test]
async fn rooms_when_the_network_takes_nothing() {
    let server = scripted_server(|peer| async {
        let _unread = peer;
        std::future::pending().await
    })
    .await;
    let mut host = Host::new(SignalConfig {
        max_outbox_messages: Some(1),
        ..config(server.url(), "good-ann")
    });
    host.connect().await;
    let large = format!("\"{}\"", "x".repeat(90_000));
    let fill = async {
        loop {
            let sent = host.client.send("e", &large, None);
            match host.client.join(vec!["room".to_owned()]) {
                // The connection takes what the kernel has room for.
                Ok(()) => tokio::task::yield_now().await,
                Err(error) => return (sent, error),
            }
        }
    };
    let (_, error) = within("a full outbox", fill).await;
    let RoomError::OutboxFull { code, detail } = &error else { panic!("{error:?}") };
    assert_eq!(told(&error, code, detail, "outbox is full"), "outbox_full");
}

#[tokio::test]
async fn a_token_that_is_not_taken() {
    let host = Host::new(config(NOWHERE, "good-ann"));
    let error = host.client.update_token(String::new()).unwrap_err();
    let TokenError::Empty { code, detail } = &error else { panic!("{error:?}") };
    assert_eq!(told(&error, code, detail, "at least one character"), "token_empty");
}

#[tokio::test]
async fn a_connection_that_cannot_be_had() {
    let server = TestServer::start().await;
    let proxy = FaultProxy::start(server.addr()).unwrap();
    proxy.refuse(true).await.unwrap();
    let nobody = format!("ws://{}/ws", proxy.addr());
    for (config, code, close_code, words) in [
        (config(server.url(), "bad"), "auth_rejected", Some(4003), "4003"),
        (config_of_one_try(nobody, "good-ann"), "retries_exhausted", None, "cannot connect to"),
    ] {
        let host = Host::new(config);
        let error = within("the end of connect", host.client.connect()).await.unwrap_err();
        let ConnectError::Failed { reason } = &error else { panic!("{error:?}") };
        assert_eq!(told(&error, &reason.code, &reason.message, words), code);
        assert_eq!(reason.close_code, close_code);
        assert!(!reason.advice.is_empty());
        let state = host.client.state();
        assert_eq!(
            (state.state, state.reason.as_ref()),
            (ConnectionState::Disconnected, Some(reason))
        );
        assert!(host.client.explain().contains(words), "{}", host.client.explain());
    }
}

#[tokio::test]
async fn a_connection_that_is_not_wanted_any_more() {
    let server = silent_server().await;
    let host = Host::new(config(server.url(), "good-ann"));
    let (connected, ()) = within("both", async {
        tokio::join!(biased; host.client.connect(), host.client.disconnect())
    })
    .await;
    let error = connected.unwrap_err();
    let ConnectError::Cancelled { code, detail } = &error else { panic!("{error:?}") };
    assert_eq!(told(&error, code, detail, "disconnect"), "cancelled");
}

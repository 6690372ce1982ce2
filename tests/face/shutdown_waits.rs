//! The end of a client while something waits for it.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use aldis::{ConnectError, RequestError, SignalClient, SignalConfig};
use aldis_server::CloseCode;

use crate::host::{Answer, Call, Host, REPLY_TIMEOUT_MS, config, within};
use crate::server::{TestServer, scripted_server, silent_server};
use crate::shutdown::assert_all_closed;

/// Lets something begin to wait, and shuts the client down meanwhile.
async fn while_it_waits<T>(client: &SignalClient, waiting: impl Future<Output = T>) -> T {
    let mut waiting = pin!(waiting);
    let began = waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending();
    assert!(began, "there was nothing to wait for");
    client.shutdown();
    within("the end of what waited", waiting).await
}

#[tokio::test]
async fn a_connect_to_a_server_that_says_nothing() {
    let server = silent_server().await;
    let patient =
        SignalConfig { dial_timeout_ms: Some(600_000), ..config(server.url(), "good-ann") };
    let host = Host::new(patient);
    let connected = while_it_waits(&host.client, host.client.connect()).await;
    assert!(matches!(connected, Err(ConnectError::Closed { .. })), "{connected:?}");
    assert_all_closed(&host.client).await;
    // The server sees the connection go, if one was made: otherwise it would be there for ever.
    within("the server's end", server.finish()).await.unwrap();
}

#[tokio::test]
async fn a_connect_to_a_server_that_does_not_let_in() {
    let server = aldis_testkit::ScriptedServer::start(|mut peer: aldis_testkit::Peer| async move {
        peer.expect_authenticate().await?;
        peer.hold().await;
        Ok(())
    })
    .await
    .unwrap();
    let host = Host::new(SignalConfig {
        authentication_timeout_ms: Some(600_000),
        ..config(server.url(), "good-ann")
    });
    let connected = while_it_waits(&host.client, host.client.connect()).await;
    assert!(matches!(connected, Err(ConnectError::Closed { .. })), "{connected:?}");
    within("the server's end", server.finish()).await.unwrap();
}

#[tokio::test]
async fn a_connect_between_two_attempts() {
    let host = Host::new(SignalConfig {
        base_interval_ms: Some(3_600_000),
        max_interval_ms: Some(3_600_000),
        jitter: Some(false),
        ..config("ws://127.0.0.1:9/ws", "good-ann")
    });
    let mut calls = host.calls;
    let shut_down = async {
        calls.state(aldis::ConnectionState::Reconnecting).await;
        host.client.shutdown();
    };
    let (connected, ()) =
        within("both", async { tokio::join!(host.client.connect(), shut_down) }).await;
    assert!(matches!(connected, Err(ConnectError::Closed { .. })), "{connected:?}");
}

#[tokio::test]
async fn a_request() {
    let server = scripted_server(|peer| async { Ok(peer) }).await;
    let host = Host::connected(server.url(), "good-ann").await;
    let request = host.client.request("e".into(), "1".into(), REPLY_TIMEOUT_MS);
    let replied = while_it_waits(&host.client, request).await;
    assert!(matches!(replied, Err(RequestError::Closed { .. })), "{replied:?}");
    within("the server's end", server.finish()).await.unwrap();
}

#[tokio::test]
async fn room_in_the_outbox() {
    let host = Host::new(SignalConfig {
        max_outbox_messages: Some(1),
        ..config("ws://127.0.0.1:9/ws", "good-ann")
    });
    host.client.send("e", "1", Some(3_600_000)).unwrap();
    while_it_waits(&host.client, host.client.outbox_ready(true)).await;
}

#[tokio::test]
async fn a_paused_listener() {
    let mut server = TestServer::start().await;
    let mut host = Host::reacting(config(server.url(), "good-ann"), |_, call| {
        if call.brings("stop") { Answer::Pause } else { Answer::More }
    });
    host.connect().await;
    server.publish("stop", 0);
    host.calls.find(|call| call.brings("stop")).await;
    for n in 0..3 {
        server.publish("news", n);
    }
    host.client.shutdown();
    assert_eq!(server.gone().await, CloseCode::NORMAL);
    drop(host.client);
    let rest = host.calls.until_the_end().await;
    assert!(rest.iter().all(|call| matches!(call, Call::State(_))), "{rest:?}");
}

/// A call that nobody polls at the time, as of a coroutine whose thread is busy with other things.
/// It does not keep the connection: the client has ended, whoever has not heard of it yet.
#[tokio::test]
async fn a_call_that_is_not_polled_keeps_no_connection() {
    let server = scripted_server(|peer| async { Ok(peer) }).await;
    let host = Host::connected(server.url(), "good-ann").await;
    let mut request = pin!(host.client.request("e".into(), "1".into(), REPLY_TIMEOUT_MS));
    let mut unheard = Context::from_waker(Waker::noop());
    assert!(request.as_mut().poll(&mut unheard).is_pending());
    host.client.shutdown();
    // The server sees the connection go.
    within("the server's end", server.finish()).await.unwrap();
    let Poll::Ready(replied) = request.as_mut().poll(&mut unheard) else {
        panic!("a client that has ended waits")
    };
    assert!(matches!(replied, Err(RequestError::Closed { .. })), "{replied:?}");
}

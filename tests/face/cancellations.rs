//! What a host ends that cannot drop a call.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};

use aldis::{Cancellation, ConnectionState, SignalConfig};

use crate::host::{Host, REPLY_TIMEOUT_MS, config, within};
use crate::server::TestServer;

#[tokio::test]
async fn a_connect_that_is_cancelled_stops_nothing() {
    let server = TestServer::start().await;
    let mut host = Host::new(config(server.url(), "good-ann"));
    let cancellation = Arc::new(Cancellation::new());
    cancellation.cancel();
    let connected = host.client.connect_until(Arc::clone(&cancellation));
    assert_eq!(within("the end of the call", connected).await.unwrap(), None);
    // It ended before it began.
    assert_eq!(host.client.state().state, ConnectionState::Disconnected);

    let cancellation = Arc::new(Cancellation::new());
    let connected = tokio::select! {
        biased;
        connected = host.client.connect_until(Arc::clone(&cancellation)) => connected.unwrap(),
        () = async { cancellation.cancel() } => None,
    };
    assert_eq!(connected, None);
    host.calls.state(ConnectionState::Authenticated).await;
    let session = host.client.connect_until(Arc::new(Cancellation::new())).await.unwrap();
    assert_eq!(session, host.client.session());
    host.assert_works().await;
}

#[tokio::test]
async fn a_reply_comes_to_the_call_or_where_that_was_cancelled_as_an_ordinary_message() {
    let server = TestServer::start().await;
    let mut host = Host::connected(server.url(), "good-ann").await;
    for number in 0..200 {
        let (cancellation, data) = (Arc::new(Cancellation::new()), number.to_string());
        let mut request = pin!(host.client.request_until(
            "echo".into(),
            data.clone(),
            REPLY_TIMEOUT_MS,
            Arc::clone(&cancellation)
        ));
        let sent = request.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(sent.is_pending(), "nobody can have answered yet");
        // Now and then it has been answered by the time.
        if number % 2 == 0 {
            tokio::task::yield_now().await;
        }
        cancellation.cancel();
        let reply = match within("the end of the call", request).await.unwrap() {
            Some(reply) => reply,
            None => host.calls.messages(1).await.remove(0),
        };
        assert_eq!(reply.data, data);
    }
    host.assert_works().await;
}

#[tokio::test]
async fn who_waits_for_the_outbox_may_be_told_to_stop() {
    let host = Host::new(SignalConfig {
        max_outbox_messages: Some(1),
        ..config("ws://127.0.0.1:9/ws", "good-ann")
    });
    let ready = host.client.outbox_ready_until(true, Arc::new(Cancellation::new()));
    assert!(within("room", ready).await);
    host.client.send("echo", "1", Some(600_000)).unwrap();
    let cancellation = Arc::new(Cancellation::new());
    let mut waiting = pin!(host.client.outbox_ready_until(true, Arc::clone(&cancellation)));
    assert!(waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    cancellation.cancel();
    assert!(!within("the end of the call", waiting).await);
}

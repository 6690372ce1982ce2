//! How events reach the listener: batches, order, and listeners that fail.

use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use aldis::{ConnectionState, OverflowPolicy, SignalConfig, SignalEvent};
use aldis_testkit::tampered;

use crate::host::{Answer, Call, Host, config, config_of_one_try, until, within};
use crate::server::{TestServer, scripted_server};

/// A listener that stays in the call that brings `hold` until the test lets it go.
pub(crate) fn held(config: SignalConfig) -> (Host, Sender<()>) {
    let (release, released) = mpsc::channel();
    let released: Mutex<Receiver<()>> = Mutex::new(released);
    let host = Host::reacting(config, move |_, call| {
        if call.brings("hold") {
            // A test that failed has dropped its end: nobody is held then.
            let _ = released.lock().unwrap().recv_timeout(Duration::from_mins(1));
        }
        Answer::More
    });
    (host, release)
}

fn numbers(call: &Call) -> Vec<usize> {
    call.messages().iter().map(|message| message.data.parse().unwrap()).collect()
}

#[tokio::test]
async fn an_idle_client_hands_a_single_event_over_at_once() {
    let server = TestServer::start().await;
    let mut host = Host::connected(server.url(), "good-ann").await;
    for n in 0..5 {
        server.publish("news", n);
        let call = host.calls.next().await;
        let Call::Events(events) = &call else { panic!("{call:?}") };
        assert_eq!((events.len(), numbers(&call)), (1, vec![n]));
    }
}

#[tokio::test]
async fn a_batch_forms_while_the_listener_is_busy() {
    let server = TestServer::start().await;
    let (mut host, release) = held(config(server.url(), "good-ann"));
    host.connect().await;
    server.publish("hold", 0);
    host.calls.find(|call| call.brings("hold")).await;
    for n in 0..100 {
        server.publish("news", n);
    }
    until("a queue", || host.client.stats().unwrap().queued_events == 100).await;
    release.send(()).unwrap();
    assert_eq!(numbers(&host.calls.next().await), (0..100).collect::<Vec<_>>());
}

#[tokio::test]
async fn errors_come_in_order_with_the_events() {
    let server = scripted_server(|mut peer| async {
        peer.send_event("news", 1).await?;
        let sealed = peer.seal(r#"{"event":"news","data":2}"#)?;
        peer.send_text(sealed.clone()).await?;
        peer.send_text(sealed).await?; // replayed
        peer.send_event("news", 3).await?;
        Ok(peer)
    });
    let server = server.await;
    let host = Host::new(config(server.url(), "good-ann"));
    let mut calls = host.calls;
    within("a session", host.client.connect()).await.unwrap();
    let mut seen = Vec::new();
    while seen.last().is_none_or(|last| last != "3") {
        match calls.next().await {
            Call::Error(error) => {
                assert!(!error.message.is_empty());
                seen.push(error.code);
            }
            call => seen.extend(call.messages().into_iter().map(|message| message.data)),
        }
    }
    assert_eq!(seen, ["1", "2", "dropped_replayed", "3"]);
    assert_eq!(host.client.stats().unwrap().dropped.replayed, 1);
    host.client.shutdown();
    server.finish().await.unwrap();
}

#[tokio::test]
async fn a_message_that_was_tampered_with_ends_the_session_undelivered() {
    let server = scripted_server(|mut peer| async {
        let sealed = peer.seal(r#"{"event":"news","data":"true"}"#)?;
        peer.send_text(tampered(&sealed).unwrap()).await?;
        Ok(peer)
    });
    let server = server.await;
    let host = Host::new(config_of_one_try(server.url(), "good-ann"));
    within("a session", host.client.connect()).await.unwrap();
    let mut calls = host.calls;
    let reason = calls.passed(ConnectionState::Disconnected).await.reason.unwrap();
    assert_eq!(reason.code, "retries_exhausted");
    assert!(reason.message.contains("the last one"), "{}", reason.message);
    assert_eq!(host.client.stats().unwrap().messages_received, 0);
    server.finish().await.unwrap();
}

#[tokio::test]
async fn what_the_overflow_policy_drops_is_told() {
    let server = TestServer::start().await;
    let (mut host, release) = held(SignalConfig {
        overflow: Some(OverflowPolicy::DropOldest),
        max_queued_events: Some(2),
        ..config(server.url(), "good-ann")
    });
    host.connect().await;
    server.publish("hold", 0);
    host.calls.find(|call| call.brings("hold")).await;
    for n in 0..10 {
        server.publish("news", n);
    }
    until("all", || host.client.stats().unwrap().messages_received == 11).await;
    assert_eq!(host.client.stats().unwrap().lagged, 8);
    release.send(()).unwrap();
    let call = host.calls.next().await;
    let Call::Events(events) = &call else { panic!("{call:?}") };
    assert_eq!(events[0], SignalEvent::Lagged { missed: 8 });
    assert_eq!(numbers(&call), [8, 9]);
}

#[tokio::test]
async fn calls_that_fail_are_counted_and_delivery_goes_on() {
    let server = TestServer::start().await;
    let mut host = Host::reacting(config(server.url(), "good-ann"), |_, call| {
        if call.brings("fail") {
            Answer::Fail
        } else if call.brings("panic") {
            Answer::Panic
        } else {
            Answer::More
        }
    });
    host.connect().await;
    for (n, event) in ["fail", "panic", "news", "panic", "fail", "news"].into_iter().enumerate() {
        server.publish(event, n);
        assert_eq!(numbers(&host.calls.next().await), [n]);
    }
    assert_eq!(host.client.stats().unwrap().listener_failures, 4);
    host.assert_works().await;
}

#[tokio::test]
async fn a_listener_that_fails_in_every_call_is_called_all_the_same() {
    let server = scripted_server(|mut peer| async {
        let sealed = peer.seal(r#"{"event":"news","data":1}"#)?;
        peer.send_text(sealed.clone()).await?;
        peer.send_text(sealed).await?;
        Ok(peer)
    })
    .await;
    for answer in [|| Answer::Fail, || Answer::Panic] {
        let host = Host::reacting(config(server.url(), "good-ann"), move |_, _| answer());
        let mut calls = host.calls;
        within("a session", host.client.connect()).await.unwrap();
        let mut count = 0;
        let mut seen = [false; 3];
        while seen != [true; 3] {
            count += 1;
            match calls.next().await {
                Call::Events(_) => seen[0] = true,
                Call::State(_) => seen[1] = true,
                Call::Error(_) => seen[2] = true,
            }
        }
        until("all to be counted", || host.client.stats().unwrap().listener_failures >= count)
            .await;
        host.client.shutdown();
    }
    server.finish().await.unwrap();
}

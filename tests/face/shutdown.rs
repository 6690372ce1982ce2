//! The end of a client.

use std::sync::Arc;
use std::thread;

use aldis::{
    ConnectError, ConnectionState, RequestError, RoomError, SendError, SignalClient, TokenError,
};
use aldis_server::CloseCode;
use tokio::sync::Notify;

use crate::delivery::held;
use crate::host::{Answer, Call, Host, REPLY_TIMEOUT_MS, config, within};
use crate::server::{TestServer, scripted_server};

#[tokio::test]
async fn the_server_hears_a_goodbye_and_the_host_the_last_state() {
    let mut server = TestServer::start().await;
    let host = Host::connected(server.url(), "good-ann").await;
    host.client.shutdown();
    assert_eq!(server.gone().await, CloseCode::NORMAL);
    drop(host.client);
    let calls = host.calls.until_the_end().await;
    let [Call::State(last)] = &calls[..] else { panic!("{calls:?}") };
    assert_eq!(last.state, ConnectionState::Disconnected);
    assert_eq!(last.reason.as_ref().unwrap().code, "dropped");
}

#[tokio::test]
async fn a_client_that_is_dropped_ends_as_well() {
    let mut server = TestServer::start().await;
    let host = Host::connected(server.url(), "good-ann").await;
    drop(host.client);
    assert_eq!(server.gone().await, CloseCode::NORMAL);
    let calls = host.calls.until_the_end().await;
    assert!(calls.last().unwrap().tells(ConnectionState::Disconnected), "{calls:?}");
}

#[tokio::test]
async fn it_may_come_again_and_from_any_thread() {
    let mut server = TestServer::start().await;
    let host = Host::connected(server.url(), "good-ann").await;
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let client = Arc::clone(&host.client);
            thread::spawn(move || client.shutdown())
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    host.client.shutdown();
    assert_eq!(server.gone().await, CloseCode::NORMAL);
    assert_all_closed(&host.client).await;
}

#[tokio::test]
async fn a_client_that_never_connected_ends_too() {
    let host = Host::new(config("ws://127.0.0.1:9/ws", "good-ann"));
    host.client.shutdown();
    assert_all_closed(&host.client).await;
    drop(host.client);
    let calls = host.calls.until_the_end().await;
    let [Call::State(last)] = &calls[..] else { panic!("{calls:?}") };
    assert_eq!(last.state, ConnectionState::Disconnected);
}

/// Every operation of a client that was shut down.
pub(crate) async fn assert_all_closed(client: &SignalClient) {
    const CODE: &str = "client_closed";
    let is_closed = |code: &String| code == CODE;
    let error = within("connect", client.connect()).await.unwrap_err();
    assert!(matches!(&error, ConnectError::Closed { code } if is_closed(code)), "{error:?}");
    assert_eq!(error.to_string(), "the client was closed");
    for ttl in [None, Some(1_000)] {
        let error = client.send("e", "1", ttl).unwrap_err();
        assert!(matches!(&error, SendError::Closed { code } if is_closed(code)), "{error:?}");
        assert_eq!(error.to_string(), "the client was closed");
    }
    let request = client.request("e".into(), "1".into(), REPLY_TIMEOUT_MS);
    let error = within("request", request).await.unwrap_err();
    assert!(matches!(&error, RequestError::Closed { code } if is_closed(code)), "{error:?}");
    assert_eq!(error.to_string(), "the client was closed");
    for error in [client.join(vec!["r".into()]), client.leave(vec!["r".into()])] {
        let error = error.unwrap_err();
        assert!(matches!(&error, RoomError::Closed { code } if is_closed(code)), "{error:?}");
        assert_eq!(error.to_string(), "the client was closed");
    }
    let error = client.update_token("t".into()).unwrap_err();
    assert!(matches!(&error, TokenError::Closed { code } if is_closed(code)), "{error:?}");
    assert_eq!(error.to_string(), "the client was closed");

    // What has no error to give has nothing to tell, and does not wait.
    within("disconnect", client.disconnect()).await;
    within("outbox_ready", client.outbox_ready(true)).await;
    client.network_available();
    client.network_lost();
    client.resumed();
    client.resume_delivery();
    client.shutdown();
    assert_eq!(client.state().state, ConnectionState::Disconnected);
    assert_eq!(client.state().reason.unwrap().code, "dropped");
    assert_eq!(client.session(), None);
    assert_eq!(client.stats(), None);
    assert_eq!(client.rooms(), Vec::<String>::new());
    assert_eq!(client.explain(), "The client was closed.");
    assert_eq!(client.open_lane(), None);
}

/// Shuts down in the first call that `is_it`, and expects no call but of the last state after it.
async fn within_a_call(server_url: String, is_it: fn(&Call) -> bool) {
    let done = Arc::new(Notify::new());
    let tell = Arc::clone(&done);
    let host = Host::reacting(config(server_url, "good-ann"), move |client, call| {
        if is_it(call) {
            client.shutdown();
            tell.notify_one();
        }
        Answer::More
    });
    // The call may end by the shutdown.
    let _ = within("the end of connect", host.client.connect()).await;
    let mut calls = host.calls;
    calls.find(is_it).await;
    within("the shutdown", done.notified()).await;
    assert_all_closed(&host.client).await;
    drop(host.client);
    let rest = calls.until_the_end().await;
    assert!(rest.iter().all(|call| matches!(call, Call::State(_))), "{rest:?}");
    if let Some(last) = rest.last() {
        assert!(last.tells(ConnectionState::Disconnected), "{rest:?}");
    }
}

/// A server that sends more than one call takes, an error in its midst.
async fn talkative_server() -> aldis_testkit::ScriptedServer {
    scripted_server(|mut peer| async {
        for n in 0..1_000 {
            let sealed = peer.seal(&format!(r#"{{"event":"news","data":{n}}}"#))?;
            // The client may leave at any time.
            if peer.send_text(sealed.clone()).await.is_err()
                || (n == 500 && peer.send_text(sealed).await.is_err())
            {
                break;
            }
        }
        Ok(peer)
    })
    .await
}

#[tokio::test]
async fn inside_on_events() {
    let server = talkative_server().await;
    within_a_call(server.url(), |call| call.brings("news")).await;
    server.finish().await.unwrap();
}

#[tokio::test]
async fn inside_on_state() {
    let server = talkative_server().await;
    within_a_call(server.url(), |call| call.tells(ConnectionState::Authenticated)).await;
    server.finish().await.unwrap();
}

#[tokio::test]
async fn inside_on_error() {
    let server = talkative_server().await;
    within_a_call(server.url(), |call| matches!(call, Call::Error(_))).await;
    server.finish().await.unwrap();
}

#[tokio::test]
async fn dropped_inside_its_own_listener() {
    let mut server = TestServer::start().await;
    let last: Arc<std::sync::Mutex<Option<Arc<SignalClient>>>> = Arc::default();
    let slot = Arc::clone(&last);
    let mut host = Host::reacting(config(server.url(), "good-ann"), move |_, call| {
        if call.brings("end") {
            slot.lock().unwrap().take();
        }
        Answer::More
    });
    host.connect().await;
    *last.lock().unwrap() = Some(host.client);
    server.publish("end", 1);
    assert_eq!(server.gone().await, CloseCode::NORMAL);
    host.calls.until_the_end().await;
}

#[tokio::test]
async fn it_does_not_wait_for_a_listener_that_is_busy() {
    let mut server = TestServer::start().await;
    let (mut host, release) = held(config(server.url(), "good-ann"));
    host.connect().await;
    server.publish("hold", 0);
    host.calls.find(|call| call.brings("hold")).await;
    host.client.shutdown();
    assert_eq!(server.gone().await, CloseCode::NORMAL);
    assert_all_closed(&host.client).await;
    assert!(host.calls.ready().is_none());
    release.send(()).unwrap();
    drop(host.client);
    let rest = host.calls.until_the_end().await;
    assert!(rest.iter().all(|call| call.tells(ConnectionState::Disconnected)), "{rest:?}");
}

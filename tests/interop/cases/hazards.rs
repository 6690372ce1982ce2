//! What real servers do that a client must not believe.

use aldis_client::{DropCounts, DropReason, SignalError, SignalEvent};
use aldis_testkit::{Direction, FaultProxy};
use aldis_tests::{Kind, Server, TestClient};
use serde_json::json;

/// A broadcast and a message to a room reach the client while its handshake still runs.
pub(crate) async fn plaintext_before_connected(kind: Kind) {
    let server = Server::start(kind).await;
    let mut client = TestClient::new(TestClient::config(server.url(), "early-ann"));
    client.try_connect().await.unwrap();
    is_dropped(&mut client, DropReason::BeforeConnected).await;
    works_after(&mut client, DropCounts { before_connected: 2, ..DropCounts::default() }).await;
}

/// Waits until it is told that a frame was dropped; a message before it is a failure.
async fn is_dropped(client: &mut TestClient, reason: DropReason) {
    let dropped = client
        .find("a dropped frame", |event| match event {
            SignalEvent::Error(SignalError::FrameDropped(reason)) => Some(reason),
            SignalEvent::Message(message) => panic!("delivered: {message:?}"),
            _ => None,
        })
        .await;
    assert_eq!(dropped, reason);
}

/// Checks that nothing else is told, that the frames so far are counted, and that the session is
/// the first one and works.
async fn works_after(client: &mut TestClient, dropped: DropCounts) {
    client.handle.send("echo", "end").unwrap();
    assert_eq!(client.message().await.data(), r#""end""#);
    let stats = client.handle.stats();
    assert_eq!((stats.dropped, stats.sessions), (dropped, 1));
}

/// The package sends plaintext where an application's encryption gives it nothing.
pub(crate) async fn plaintext_in_an_encrypted_session(kind: Kind) {
    let server = Server::start(kind).await;
    let mut client = TestClient::connect(server.url(), "good-ann").await;
    // The last one looks like the start of another session.
    for event in ["news", "error", "connected"] {
        client.request("plaintext", &json!({ "event": event, "data": {} })).await;
    }
    is_dropped(&mut client, DropReason::Plaintext).await;
    works_after(&mut client, DropCounts { plaintext: 3, ..DropCounts::default() }).await;
}

pub(crate) async fn replayed_and_reflected_frames(kind: Kind) {
    let server = Server::start(kind).await;
    let mut client = TestClient::connect(server.url(), "good-ann").await;
    client.handle.send("reflect", "mine").unwrap();
    is_dropped(&mut client, DropReason::Reflected).await;
    for n in 0..3 {
        let reply = client.request("replay", &n).await;
        assert_eq!(reply.decode::<u32>().unwrap(), n);
    }
    is_dropped(&mut client, DropReason::Replayed).await;
    let dropped = DropCounts { reflected: 1, replayed: 3, ..DropCounts::default() };
    works_after(&mut client, dropped).await;
}

pub(crate) async fn tampered_frame(kind: Kind) {
    let server = Server::start(kind).await;
    let mut client = TestClient::connect(server.url(), "good-ann").await;
    client.handle.send("tamper", "with this").unwrap();
    starts_anew(&mut client).await;
}

/// The session ends without delivering anything, and one with other keys takes its place.
async fn starts_anew(client: &mut TestClient) {
    let before = client.handle.client_id();
    let reason = client
        .find("the end of the session", |event| match event {
            SignalEvent::State(change) => change.reason,
            SignalEvent::Message(message) => panic!("delivered: {message:?}"),
            _ => None,
        })
        .await;
    assert_eq!(reason.code(), "undecryptable");
    let session = client.session().await;
    assert_ne!(Some(session.client_id), before);
    client.assert_works().await;
}

pub(crate) async fn bit_flipped_on_the_way(kind: Kind) {
    let server = Server::start(kind).await;
    let proxy = FaultProxy::start(server.addr()).unwrap();
    let url = format!("ws://{}/ws", proxy.addr());
    let mut client = TestClient::connect(url, "good-ann").await;
    // In the middle of the ciphertext of the reply.
    proxy.faults().corrupt(Direction::ToClient, 500);
    client.handle.send("echo", &"x".repeat(1_000)).unwrap();
    starts_anew(&mut client).await;
    assert_eq!(proxy.faults().counts().to_client.corrupted, 1);
}

//! Entering and leaving rooms.

use std::time::Duration;

use aldis_server::auth::InsecureTokenIsUserId;
use aldis_server::handlers::Relay;
use aldis_server::{Client, Config, RoomName, RoomPolicy, Server};
use serde_json::{Value, json};

use crate::support::{TestClient, metric, relay, relay_with};

/// Takes its time, and refuses rooms that begin with `no`.
struct Slow;

impl RoomPolicy for Slow {
    async fn may_join(&self, _: &Client, room: &RoomName) -> bool {
        tokio::time::sleep(Duration::from_secs(1)).await;
        !room.as_str().starts_with("no")
    }
}

async fn rooms(client: &mut TestClient) -> Vec<String> {
    let who = client.ask("who", Value::Null).await;
    let rooms: Vec<String> = serde_json::from_value(who["rooms"].clone()).unwrap();
    let own = client.id();
    let of_server = |room: &String| room != own && !room.starts_with("ws-");
    rooms.into_iter().filter(of_server).collect()
}

#[tokio::test(start_paused = true)]
async fn joins_leaves_and_messages_keep_their_order_although_the_check_is_slow() {
    let server = Server::builder()
        .authenticator(InsecureTokenIsUserId)
        .room_policy(Slow)
        .handler(Relay)
        .build()
        .unwrap();
    let mut client = TestClient::connect(&server, "ann").await;
    let join = |rooms: &[&str]| json!({ "event": "join", "data": { "rooms": rooms } }).to_string();
    client.send_text(&join(&["a", "no-way", "b", "", "ws:c"])).await;
    assert_eq!(rooms(&mut client).await, ["a", "b"]);
    client.send_text(&join(&["c"])).await;
    client.send_text(r#"{"event":"leave","data":{"rooms":["c","a"]}}"#).await;
    assert_eq!(rooms(&mut client).await, ["b"]);
    let handle = server.handle();
    assert_eq!(metric(&handle, "aldis_joins_total{result=\"refused\"}"), 1);
    assert_eq!(metric(&handle, "aldis_joins_total{result=\"invalid\"}"), 2);
}

#[tokio::test(start_paused = true)]
async fn rooms_of_a_client_are_bounded() {
    let server = relay_with(Config { max_rooms_per_client: 5, ..Config::default() });
    let mut client = TestClient::connect(&server, "ann").await;
    client.join(&["a", "b", "c"]).await;
    assert_eq!(rooms(&mut client).await, ["a", "b"]);
}

#[tokio::test(start_paused = true)]
async fn nobody_listens_in_on_the_room_of_another() {
    let server = relay();
    let mut ann = TestClient::connect(&server, "ann").await;
    let mut bob = TestClient::connect(&server, "bob").await;
    let id = ann.id().to_owned();
    bob.join(&[&id, "lobby"]).await;
    assert_eq!(rooms(&mut bob).await, ["lobby"]);
    assert_eq!(server.handle().members(&id).len(), 1);
    assert_eq!(rooms(&mut ann).await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn an_application_can_move_its_clients() {
    let server = relay();
    let mut ann = TestClient::connect(&server, "ann").await;
    let room = RoomName::new("vip").unwrap();
    let client = server.handle().client(ann.id()).unwrap();
    assert!(client.join(&room) && client.join(&room));
    assert_eq!(rooms(&mut ann).await, ["vip"]);
    assert!(client.leave(&room) && !client.leave(&room));
    drop(ann);
    server.handle().shutdown().await;
    assert!(client.is_gone() && !client.join(&room));
    assert!(server.handle().rooms().is_empty());
}

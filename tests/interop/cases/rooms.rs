//! Rooms, and who hears what.

use aldis_tests::{Kind, Server, Settings, TestClient, within};
use serde_json::json;

/// A name that needs all of UTF-8.
const ROOM: &str = "комната 房间 🚪";

pub(crate) async fn fan_out(kind: Kind) {
    let server = Server::start(kind).await;
    let mut ann = TestClient::connect(server.url(), "good-ann").await;
    let mut bob = TestClient::connect(server.url(), "good-bob").await;
    let mut cyd = TestClient::connect(server.url(), "good-cyd").await;
    for client in [&ann, &bob, &cyd] {
        client.enter(ROOM).await;
    }

    say(&ann, ROOM, "one").await;
    for client in [&mut ann, &mut bob, &mut cyd] {
        hears(client, "one").await;
    }

    cyd.handle.leave([ROOM]).unwrap();
    within("the leave", async { while cyd.who().await.is_in(ROOM) {} }).await;
    say(&bob, ROOM, "two").await;
    for client in [&mut ann, &mut bob] {
        hears(client, "two").await;
    }
    let to_cyd = json!({ "clientId": cyd.handle.client_id(), "event": "said", "data": "three" });
    bob.request("to-client", &to_cyd).await;
    hears(&mut cyd, "three").await;
}

async fn say(client: &TestClient, room: &str, words: &str) {
    client.request("room", &json!({ "room": room, "event": "said", "data": words })).await;
}

async fn hears(client: &mut TestClient, words: &str) {
    let message = client.message().await;
    assert_eq!((message.event(), message.decode().unwrap()), ("said", words));
    assert_eq!(message.id(), None);
}

/// The server joins after a check that a leave would overtake: the client holds the leave back.
pub(crate) async fn leave_right_behind_the_join(kind: Kind) {
    let settings = Settings { room_check_ms: 50, ..Settings::default() };
    let server = Server::with(kind, settings).await;
    let client = TestClient::connect(server.url(), "good-ann").await;
    let before = client.handle.stats().frames_sent;
    client.handle.join([ROOM]).unwrap();
    client.handle.leave([ROOM]).unwrap();
    // Besides the questions only the join and the leave are sent, so this ends behind both.
    let both_are_sent = async {
        let mut asked = 0;
        while client.handle.stats().frames_sent < before + asked + 2 {
            client.who().await;
            asked += 1;
        }
    };
    within("the leave", both_are_sent).await;
    // Its check began later, so by then the one of the first room is over as well.
    client.enter("another").await;
    assert!(!client.who().await.is_in(ROOM));
    assert_eq!(client.handle.rooms().len(), 1);
}

/// A refusal is silence; the other rooms of the list are joined.
pub(crate) async fn refused_room(kind: Kind) {
    let server = Server::start(kind).await;
    let client = TestClient::connect(server.url(), "good-ann").await;
    client.handle.join(["private-1", ROOM]).unwrap();
    client.is_let_into(ROOM).await;
    assert!(!client.who().await.is_in("private-1"));
}

pub(crate) async fn everybody_one_user_one_client(kind: Kind) {
    let server = Server::start(kind).await;
    let mut ann = TestClient::connect(server.url(), "good-ann").await;
    let mut phone = TestClient::connect(server.url(), "good-bob").await;
    let mut laptop = TestClient::connect(server.url(), "good-bob").await;

    ann.request("broadcast", &json!({ "event": "said", "data": "all" })).await;
    for client in [&mut ann, &mut phone, &mut laptop] {
        hears(client, "all").await;
    }
    ann.request("to-user", &json!({ "userId": "bob", "event": "said", "data": "bob" })).await;
    for client in [&mut phone, &mut laptop] {
        hears(client, "bob").await;
    }
    let to_phone = json!({ "clientId": phone.handle.client_id(), "event": "said", "data": "you" });
    ann.request("to-client", &to_phone).await;
    hears(&mut phone, "you").await;

    let to_ann = json!({ "clientId": ann.handle.client_id(), "event": "said", "data": "end" });
    phone.request("to-client", &to_ann).await;
    hears(&mut ann, "end").await;
}

pub(crate) async fn two_servers_on_one_redis(kind: Kind) {
    let first = Server::start(kind).await;
    let Server::Ignis(ignis) = &first else { panic!("only IGNIS has a Redis") };
    let shared = Settings { redis_port: Some(ignis.redis_port()), ..Settings::default() };
    let second = Server::with(kind, shared).await;
    let mut ann = TestClient::connect(first.url(), "good-ann").await;
    let mut bob = TestClient::connect(second.url(), "good-bob").await;
    for client in [&ann, &bob] {
        client.enter(ROOM).await;
    }

    say(&ann, ROOM, "room").await;
    for client in [&mut ann, &mut bob] {
        hears(client, "room").await;
    }
    bob.request("broadcast", &json!({ "event": "said", "data": "all" })).await;
    for client in [&mut ann, &mut bob] {
        hears(client, "all").await;
    }
    let to_bob = json!({ "clientId": bob.handle.client_id(), "event": "said", "data": "bob" });
    ann.request("to-client", &to_bob).await;
    hears(&mut bob, "bob").await;
}

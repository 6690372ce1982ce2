//! Each command does what it says.

use std::time::Instant;

use serde_json::{Value, json};

use crate::app::{PATIENCE, Page, config, server};

#[test]
fn connect_returns_who_we_are_and_disconnect_ends_it() {
    let server = server();
    let page = Page::open(config(&server));
    assert_eq!(page.invoke("get_state", json!({})).unwrap(), "disconnected");
    assert_eq!(page.invoke("get_client_id", json!({})).unwrap(), Value::Null);
    let session = page.invoke("connect", json!({ "token": "good-ann" })).unwrap();
    assert_eq!(session["userId"], "ann");
    assert_eq!(page.invoke("get_state", json!({})).unwrap(), "authenticated");
    assert_eq!(page.invoke("get_client_id", json!({})).unwrap(), session["clientId"]);
    page.invoke("disconnect", json!({})).unwrap();
    assert_eq!(page.invoke("get_state", json!({})).unwrap(), "disconnected");
}

#[test]
fn connect_takes_the_token_that_update_token_set() {
    let server = server();
    let page = Page::open(config(&server));
    page.invoke("update_token", json!({ "token": "good-bob" })).unwrap();
    assert_eq!(page.invoke("connect", json!({})).unwrap()["userId"], "bob");
}

#[test]
fn a_message_that_is_sent_comes_back_as_an_event() {
    let server = server();
    let page = Page::connected(&server);
    let messages = page.listen("signal:message");
    page.invoke("send_message", json!({ "event": "echo", "data": { "n": 1.50 } })).unwrap();
    assert_eq!(messages.next(), json!({ "event": "echo", "data": { "n": 1.5 } }));
}

#[test]
fn a_message_with_a_time_to_live_waits_for_the_connection() {
    let server = server();
    let page = Page::open(config(&server));
    let messages = page.listen("signal:message");
    let later = json!({ "event": "echo", "data": "later", "ttlMs": 60_000 });
    page.invoke("send_message", later).unwrap();
    page.invoke("connect", json!({ "token": "good-ann" })).unwrap();
    assert_eq!(messages.next(), json!({ "event": "echo", "data": "later" }));
}

#[test]
fn a_request_returns_the_payload_of_its_reply() {
    let server = server();
    let page = Page::connected(&server);
    let ask = json!({ "event": "echo", "data": ["a"], "timeoutMs": 30_000 });
    assert_eq!(page.invoke("request", ask).unwrap(), json!(["a"]));
}

#[test]
fn rooms_are_joined_and_left() {
    let server = server();
    let page = Page::connected(&server);
    let rooms = || {
        let ask = json!({ "event": "who", "timeoutMs": 30_000 });
        page.invoke("request", ask).unwrap()["rooms"].clone()
    };
    let is_inside = || rooms().as_array().unwrap().contains(&json!("lobby"));
    page.invoke("join_rooms", json!({ "rooms": ["lobby"] })).unwrap();
    assert!(is_inside());
    page.invoke("leave_rooms", json!({ "rooms": ["lobby"] })).unwrap();
    // The client holds the leave of a room that it has just joined: a server may mix them up.
    let deadline = Instant::now() + PATIENCE;
    while is_inside() {
        assert!(Instant::now() < deadline, "still in the room");
    }
}

#[test]
fn counters_and_words_tell_where_the_connection_stands() {
    let server = server();
    let page = Page::connected(&server);
    let stats = page.invoke("stats", json!({})).unwrap();
    assert_eq!((&stats["state"], &stats["sessions"]), (&json!("authenticated"), &json!(1)));
    let words = page.invoke("explain", json!({})).unwrap();
    assert!(words.as_str().unwrap().starts_with("authenticated"), "{words}");
    assert!(!words.as_str().unwrap().contains("good-ann"), "{words}");
}

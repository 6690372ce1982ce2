//! What a page may not do, whatever script runs in it.

use aldis_window_tests::{App, ChatServer};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_page_can_do_no_more_than_its_capability_says() {
    let server = ChatServer::start().await;
    let ann = App::open(&server).await;
    ann.connect_as("ann").await;

    for command in ["stats", "explain", "update_token"] {
        let refused = ann.invoke(&format!("plugin:signal|{command}"), json!({})).await.unwrap_err();
        let why = refused.as_str().unwrap();
        assert!(why.contains(&format!("signal.{command} not allowed")), "{why}");
    }

    for command in ["send_message", "request"] {
        let everybody = json!({ "event": "broadcast", "data": {}, "timeoutMs": 1_000 });
        let refused = ann.invoke(&format!("plugin:signal|{command}"), everybody).await;
        assert_eq!(code(&refused), "event_not_allowed");
    }
    for rooms in [json!(["staff-1"]), json!(["workshop", "staff-1"])] {
        let refused = ann.invoke("plugin:signal|join_rooms", json!({ "rooms": rooms })).await;
        assert_eq!(code(&refused), "room_not_allowed");
    }

    let rooms = json!({ "rooms": ["workshop"] });
    ann.invoke("plugin:signal|join_rooms", rooms).await.unwrap();
    server.wait_for_members("workshop", 1).await;
    let said = json!({ "from": "ann", "text": "By hand.", "room": "lobby" });
    let message = json!({ "room": "lobby", "event": "chat", "data": said });
    let message = json!({ "event": "room", "data": message });
    ann.invoke("plugin:signal|send_message", message).await.unwrap();
    ann.reads("ann", "By hand.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_rust_refuses_has_a_code_and_says_why() {
    let server = ChatServer::start().await;
    let ann = App::open(&server).await;
    let said = json!({ "event": "room", "data": {}, "timeoutMs": 1_000 });
    let refusals = [
        ("connect", json!({ "token": "" }), "token_empty"),
        ("send_message", said.clone(), "not_connected"),
        ("request", said, "not_connected"),
        ("join_rooms", json!({ "rooms": [""] }), "room_name_empty"),
    ];
    for (command, payload, expected) in refusals {
        let refused = ann.invoke(&format!("plugin:signal|{command}"), payload).await;
        assert_eq!(code(&refused), expected, "{refused:?}");
    }
}

/// The code of an error that has the form of all: a code and a message.
fn code(refused: &Result<Value, Value>) -> &str {
    let error = refused.as_ref().unwrap_err();
    assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "{error}");
    error["code"].as_str().unwrap()
}

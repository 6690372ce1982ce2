//! Each error reaches the page with its code.

use serde_json::json;
use tauri_plugin_signal::SignalPluginConfig;

use crate::app::{Page, config, server};

#[test]
fn a_token_that_is_refused() {
    let server = server();
    let page = Page::open(config(&server));
    assert_eq!(page.refusal("connect", json!({ "token": "bad" })), "auth_rejected");
    assert_eq!(page.refusal("connect", json!({ "token": "" })), "token_empty");
    assert_eq!(page.refusal("update_token", json!({ "token": "" })), "token_empty");
}

#[test]
fn no_token_at_all() {
    let server = server();
    let page = Page::open(config(&server));
    assert_eq!(page.refusal("connect", json!({})), "token_missing");
}

#[test]
fn a_message_without_a_connection() {
    let server = server();
    let page = Page::open(config(&server));
    assert_eq!(page.refusal("send_message", json!({ "event": "echo" })), "not_connected");
    let ask = json!({ "event": "echo", "timeoutMs": 1_000 });
    assert_eq!(page.refusal("request", ask), "not_connected");
}

#[test]
fn a_message_that_cannot_be_sent() {
    let server = server();
    let page = Page::connected(&server);
    assert_eq!(page.refusal("send_message", json!({ "event": "" })), "event_name_empty");
    let stale = json!({ "event": "echo", "ttlMs": 0 });
    assert_eq!(page.refusal("send_message", stale), "invalid_ttl");
    let ask = json!({ "event": "echo", "timeoutMs": 0 });
    assert_eq!(page.refusal("request", ask), "invalid_timeout");
}

#[test]
fn a_request_that_the_server_refuses() {
    let server = server();
    let page = Page::connected(&server);
    let ask = json!({ "event": "nobody-knows-it", "timeoutMs": 30_000 });
    assert_eq!(page.refusal("request", ask), "request_refused");
}

#[test]
fn a_room_that_cannot_be() {
    let server = server();
    let page = Page::connected(&server);
    for command in ["join_rooms", "leave_rooms"] {
        let error = page.invoke(command, json!({ "rooms": ["ws:mine"] })).unwrap_err();
        assert!(error["message"].as_str().unwrap().contains("ws:mine"), "{error}");
    }
}

#[test]
fn a_window_that_was_not_chosen() {
    let server = server();
    let windows = Some(vec!["other".to_owned()]);
    let page = Page::open(SignalPluginConfig { windows, ..config(&server) });
    let subscribe = json!({ "channel": "__CHANNEL__:7" });
    assert_eq!(page.refusal("subscribe", subscribe), "window_not_allowed");
}

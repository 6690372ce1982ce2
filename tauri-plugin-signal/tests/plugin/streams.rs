//! Events in a page's stream: in order, from where it stood, as long as it deals with them.

use serde_json::{Value, json};
use tauri_plugin_signal::SignalPluginConfig;

use crate::app::{Page, config, server};

fn types(batch: &Value) -> Vec<&str> {
    let events = batch["events"].as_array().unwrap().iter();
    events.map(|event| event["type"].as_str().unwrap()).collect()
}

#[test]
fn it_begins_with_where_things_stand_and_goes_on_with_what_comes() {
    let server = server();
    let page = Page::connected(&server);
    let begin = page.subscribe(&Value::Null);
    assert_eq!(begin["state"], json!({ "state": "authenticated" }));
    assert_eq!(begin["clientId"], page.invoke("get_client_id", json!({})).unwrap());
    page.invoke("send_message", json!({ "event": "echo", "data": 1 })).unwrap();
    let batch = page.batch();
    let message = json!({ "type": "message", "payload": { "event": "echo", "data": 1 } });
    assert_eq!(batch["events"], json!([message]));
    assert_ne!(batch["cursor"], begin["cursor"]);
}

#[test]
fn a_page_that_kept_a_cursor_gets_what_came_since() {
    let server = server();
    let page = Page::open(config(&server));
    let begin = page.subscribe(&Value::Null);
    page.invoke("connect", json!({ "token": "good-ann" })).unwrap();
    while !types(&page.batch()).contains(&"connected") {}
    let begin = page.subscribe(&begin["cursor"]);
    assert_eq!(begin["state"], Value::Null, "the stream tells it");
    let batch = page.batch();
    assert_eq!(types(&batch), ["state", "state", "state", "state", "connected"]);
    assert_eq!(batch["missed"], 0);
}

#[test]
fn a_page_that_acknowledged_needs_no_cursor() {
    let server = server();
    let page = Page::open(config(&server));
    page.subscribe(&Value::Null);
    page.invoke("connect", json!({ "token": "good-ann" })).unwrap();
    let mut batch = page.batch();
    while !types(&batch).contains(&"connected") {
        batch = page.batch();
    }
    let deal = json!({ "channel": 7, "cursor": batch["cursor"] });
    page.invoke("acknowledge", deal).unwrap();
    assert_eq!(page.subscribe(&Value::Null)["cursor"], batch["cursor"]);
}

#[test]
fn where_windows_are_chosen_the_bus_is_silent() {
    let server = server();
    let windows = Some(vec!["main".to_owned()]);
    let page = Page::open(SignalPluginConfig { windows, ..config(&server) });
    let bus = page.listen("signal:state");
    page.subscribe(&Value::Null);
    page.invoke("connect", json!({ "token": "good-ann" })).unwrap();
    // The bus has an event before a stream has it.
    while !types(&page.batch()).contains(&"connected") {}
    assert!(bus.nothing_so_far());
}

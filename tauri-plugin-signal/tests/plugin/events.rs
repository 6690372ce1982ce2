//! Each event comes under its name, in its shape.

use serde_json::json;

use crate::app::{Page, config, server};

#[test]
fn connecting_goes_through_the_states() {
    let server = server();
    let page = Page::open(config(&server));
    let (states, connected) = (page.listen("signal:state"), page.listen("signal:connected"));
    let session = page.invoke("connect", json!({ "token": "good-ann" })).unwrap();
    for state in ["connecting", "connected", "authenticating", "authenticated"] {
        assert_eq!(states.next(), json!({ "state": state }));
    }
    assert_eq!(connected.next(), session);
}

#[test]
fn a_refused_token_ends_with_the_close_code() {
    let server = server();
    let page = Page::open(config(&server));
    let (ends, errors) = (page.listen("signal:disconnected"), page.listen("signal:error"));
    page.invoke("connect", json!({ "token": "bad" })).unwrap_err();
    let end = ends.next();
    assert_eq!((&end["code"], &end["cause"]), (&json!(4003), &json!("auth_rejected")));
    assert!(end["reason"].as_str().unwrap().contains("refused the token"), "{end}");
    assert_eq!(errors.next()["code"], "server_error");
}

#[test]
fn a_lost_server_is_told_with_the_attempt() {
    let server = server();
    let page = Page::connected(&server);
    let attempts = page.listen("signal:reconnecting");
    let ends = page.listen("signal:disconnected");
    let states = page.listen("signal:state");
    drop(server);
    let attempt = attempts.next();
    assert_eq!(attempt["attempt"], 1);
    assert!(attempt["delayMs"].is_u64(), "{attempt}");
    assert_eq!(states.next()["cause"], "closed_by_server");
    assert!(ends.next()["reason"].as_str().unwrap().contains("gave up"));
}

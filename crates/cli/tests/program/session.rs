//! `aldis session` as scripts use it: lines in, lines out.

use std::collections::HashMap;

use crate::support::{Program, server};
use aldis_server::auth::StaticTokens;
use aldis_server::{Server, User};
use aldis_testkit::{Acceptance, Cut, FaultProxy, Peer, ScriptedServer};
use serde_json::{Value, json};

#[tokio::test]
async fn states_come_in_order_and_then_the_session() {
    let server = server().await;
    let mut session = Program::session(&server.url(), &[]);
    for state in ["connecting", "connected", "authenticating", "authenticated"] {
        assert_eq!(session.next().await, json!({"type": "state", "state": state}));
    }
    let connected = session.next().await;
    let id = server.handle().clients()[0].id().to_owned();
    assert_eq!(connected, json!({"type": "connected", "id": id, "userId": "ann"}));
    session.write(r#"{"cmd":"disconnect"}"#).await;
    let ended = session.state("disconnected").await;
    assert_eq!(ended["reason"], "disconnected");
    session.write(r#"{"cmd":"connect"}"#).await;
    assert_ne!(session.connected().await, id);
    session.write(r#"{"cmd":"exit"}"#).await;
    let rest = session.rest().await;
    assert_eq!(rest.len(), 1, "{rest:?}");
    assert_eq!(rest[0]["reason"], "disconnected");
    assert!(session.exit().await.success());
}

#[tokio::test]
async fn data_goes_through_verbatim() {
    let server = server().await;
    let mut session = Program::session(&server.url(), &[]);
    session.connected().await;
    let large = format!("\"{}\"", "ž👋".repeat(15_000));
    for data in [
        r#"{"a" : 1.0e2,	"b":[ ] , "a":2}"#,
        r#""xin chào 👋 \u00e9 \ud800 \/ \n""#,
        "123456789012345678901234567890.000",
        "null",
        "\"\u{2028}\u{85}\u{7f}\"",
        &large,
    ] {
        session.write(&format!(r#"{{"cmd":"send","event":"echo","data": {data} }}"#)).await;
        let line = session.line().await.unwrap();
        assert_eq!(line, format!(r#"{{"type":"event","event":"echo","data":{data}}}"#));
        let request = format!(
            r#"{{"cmd":"request","event":"echo","data":{data},"timeout_ms":20000,"tag":{data}}}"#
        );
        session.write(&request).await;
        let line = session.line().await.unwrap();
        let tag = data;
        assert_eq!(line, format!(r#"{{"type":"reply","tag":{tag},"data":{data}}}"#));
    }
}

#[tokio::test]
async fn line_breaks_of_a_peer_become_spaces() {
    let server = ScriptedServer::start(|mut peer: Peer| async move {
        let authenticate = peer.expect_authenticate().await?;
        peer.accept(&authenticate, &Acceptance::new()).await?;
        let sealed = peer.seal("{\"event\":\"e\",\r\n\"id\":5,\"data\":{\n\"a\":\r1}}")?;
        peer.send_text(sealed).await?;
        while peer.next_event().await?.is_some() {}
        Ok(())
    });
    let server = server.await.unwrap();
    let mut session = Program::session(&server.url(), &[]);
    session.connected().await;
    assert_eq!(
        session.line().await.unwrap(),
        r#"{"type":"event","event":"e","data":{ "a": 1},"id":"5"}"#
    );
    session.close_input();
    assert!(session.exit().await.success());
    server.finish().await.unwrap();
}

#[tokio::test]
async fn a_bad_line_gets_an_error_and_does_nothing_else() {
    let server = server().await;
    let mut session = Program::session(&server.url(), &[]);
    session.connected().await;
    for line in ["", "x", "[]", "{}", r#"{"cmd":"fly"}"#, r#"{"cmd":"join","rooms":"a"}"#] {
        session.write(line).await;
        let answer = session.next().await;
        assert_eq!((&answer["type"], &answer["code"]), (&json!("error"), &json!("bad_line")));
        assert_ne!(answer["message"], "");
    }
    session.write(r#"{"cmd":"send","tag":{"n":1}}"#).await;
    assert_eq!(session.next().await["tag"], json!({"n": 1}));
    session.write(r#"{"cmd":"request","event":"who","timeout_ms":20000}"#).await;
    let reply = session.next().await;
    assert_eq!((&reply["type"], &reply["tag"]), (&json!("reply"), &Value::Null));
    assert_eq!(reply["data"]["userId"], "ann");
}

#[tokio::test]
async fn refused_commands_are_answered_with_their_tags() {
    let mut session = Program::session("ws://127.0.0.1:9/ws", &["--no-connect"]);
    let long = "x".repeat(98_240);
    for (line, code) in [
        (r#"{"cmd":"send","event":"e","tag":1}"#, "not_connected"),
        (r#"{"cmd":"request","event":"e","timeout_ms":9,"tag":1}"#, "not_connected"),
        (r#"{"cmd":"request","event":"e","timeout_ms":0,"tag":1}"#, "invalid_timeout"),
        (r#"{"cmd":"send","event":"e","ttl_ms":0,"tag":1}"#, "invalid_ttl"),
        (r#"{"cmd":"send","event":"join","tag":1}"#, "event_name_reserved"),
        (r#"{"cmd":"send","event":"","tag":1}"#, "event_name_empty"),
        (r#"{"cmd":"token","token":"","tag":1}"#, "token_empty"),
        (r#"{"cmd":"join","rooms":["a",""],"tag":1}"#, "room_name_empty"),
        (&format!(r#"{{"cmd":"send","event":"e","data":"{long}","tag":1}}"#), "message_too_large"),
    ] {
        session.write(line).await;
        let answer = session.next().await;
        assert_eq!((&answer["code"], &answer["tag"]), (&json!(code), &json!(1)), "{answer}");
    }
    session.write(r#"{"cmd":"stats"}"#).await;
    let stats = session.next().await;
    assert_eq!((&stats["state"], &stats["attempts"]), (&json!("disconnected"), &json!(0)));
    session.write(r#"{"cmd":"explain"}"#).await;
    assert!(session.next().await["text"].as_str().unwrap().contains("127.0.0.1:9"));
    session.write(r#"{"cmd":"send","event":"e","ttl_ms":60000}"#).await;
    session.close_input();
    let rest = session.rest().await;
    assert_eq!(rest.len(), 1, "{rest:?}");
    assert_eq!(rest[0]["code"], "messages_unsent");
    assert!(session.exit().await.success());
}

#[tokio::test]
async fn commands_take_effect_in_their_order() {
    let server = server().await;
    let mut session = Program::session(&server.url(), &[]);
    session.connected().await;
    let mut lines = Vec::new();
    for n in 0..100 {
        lines.push(format!(r#"{{"cmd":"join","rooms":["room-{n}"]}}"#));
        let say = format!(r#"{{"room":"room-{n}","event":"said","data":{n}}}"#);
        lines.push(format!(r#"{{"cmd":"send","event":"room","data":{say}}}"#));
        lines.push(format!(
            r#"{{"cmd":"request","event":"echo","data":{n},"timeout_ms":20000,"tag":{n}}}"#
        ));
    }
    session.write(&lines.join("\n")).await;
    let (mut said, mut replies) = (Vec::new(), HashMap::new());
    while said.len() < 100 || replies.len() < 100 {
        let line = session.next().await;
        match (line["type"].as_str().unwrap(), line["event"].as_str()) {
            ("event", Some("said")) => said.push(line["data"].as_u64().unwrap()),
            // The relay's answer to `room`.
            ("event", Some("room")) => {}
            ("reply", None) => {
                let tag = line["tag"].as_u64().unwrap();
                assert_eq!(replies.insert(tag, line["data"].clone()), None);
                assert_eq!(line["data"], tag);
            }
            _ => panic!("{line}"),
        }
    }
    assert_eq!(said, (0..100).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_request_without_a_reply_times_out_and_a_lost_one_is_told() {
    let server = server().await;
    let mut session = Program::session(&server.url(), &[]);
    session.connected().await;
    session
        .write(r#"{"cmd":"request","event":"sleep","data":{"ms":60000},"timeout_ms":30,"tag":"a"}"#)
        .await;
    let error = session.next().await;
    assert_eq!((&error["code"], &error["tag"]), (&json!("request_timed_out"), &json!("a")));
    session.write(r#"{"cmd":"request","event":"echo","timeout_ms":60000,"tag":"b"}"#).await;
    session.write(r#"{"cmd":"disconnect"}"#).await;
    let error = session.next_of("error").await;
    assert_eq!((&error["code"], &error["tag"]), (&json!("request_connection_lost"), &json!("b")));
}

#[tokio::test]
async fn a_cut_is_told_and_the_rooms_are_restored() {
    let server = server().await;
    let proxy = FaultProxy::start(server.local_addr()).unwrap();
    let url = format!("ws://{}/ws", proxy.addr());
    let mut session = Program::session(&url, &["--room", "lobby", "--no-jitter"]);
    let first = session.connected().await;
    session.write(r#"{"cmd":"join","rooms":["café"]}"#).await;
    session.write(r#"{"cmd":"request","event":"who","timeout_ms":20000,"tag":0}"#).await;
    let reply = session.next_of("reply").await;
    assert!(reply["data"]["rooms"].as_array().unwrap().contains(&json!("café")), "{reply}");
    proxy.faults().cut(Cut::Reset);
    let error = session.next().await;
    assert_eq!((&error["type"], &error["code"]), (&json!("error"), &json!("connection_lost")));
    let waiting = session.next().await;
    assert_eq!(waiting["state"], "reconnecting");
    assert_eq!(waiting["reason"], "connection_lost");
    assert_eq!(waiting["closeCode"], 1006);
    assert_eq!((&waiting["attempt"], &waiting["retryInMs"]), (&json!(1), &json!(20.0)));
    assert_ne!(session.connected().await, first);
    session.write(r#"{"cmd":"request","event":"who","timeout_ms":20000,"tag":0}"#).await;
    let reply = session.next_of("reply").await;
    let rooms = reply["data"]["rooms"].as_array().unwrap();
    assert!(rooms.contains(&json!("lobby")) && rooms.contains(&json!("café")), "{reply}");
}

#[tokio::test]
async fn the_network_coming_back_is_the_time_for_the_next_attempt() {
    let server = server().await;
    let proxy = FaultProxy::start(server.local_addr()).unwrap();
    let url = format!("ws://{}/ws", proxy.addr());
    let hour = ["--no-jitter", "--base-ms", "3600000", "--max-ms", "3600000"];
    let args = ["session", "--url", &url, "--token", "ann"];
    let mut session = Program::start(&[&args[..], &hour].concat());
    session.connected().await;
    proxy.refuse(true).await.unwrap();
    proxy.faults().cut(Cut::Fin);
    assert_eq!(session.state("reconnecting").await["retryInMs"], 3_600_000.0);
    session.write(r#"{"cmd":"network","online":false}"#).await;
    let offline = session.next().await;
    assert_eq!((&offline["state"], &offline["retryInMs"]), (&json!("reconnecting"), &Value::Null));
    proxy.refuse(false).await.unwrap();
    session.write(r#"{"cmd":"network","online":true}"#).await;
    session.connected().await;
}

#[tokio::test]
async fn a_refused_token_stops_and_another_one_connects() {
    let tokens = StaticTokens::new().with("good", User::new("ann"));
    let server = Server::builder().authenticator(tokens).build().unwrap();
    let server = server.bind("127.0.0.1:0").await.unwrap();
    let mut session = Program::start(&["session", "--url", &server.url(), "--token", "bad"]);
    assert_eq!(session.next_of("error").await["code"], "server_error");
    assert_eq!(session.next_of("error").await["code"], "auth_rejected");
    let ended = session.next().await;
    assert_eq!((&ended["state"], &ended["closeCode"]), (&json!("disconnected"), &json!(4003)));
    session.write(r#"{"cmd":"token","token":"good"}"#).await;
    session.write(r#"{"cmd":"connect"}"#).await;
    session.connected().await;
}

#[tokio::test]
async fn a_configuration_that_cannot_be_used_is_told_with_its_field() {
    for (option, value, field) in [
        ("--url", "http://example.org", "url"),
        ("--url", "ws://example.org/ws", "url"),
        ("--url", "", "url"),
        ("--token", "", "token"),
        ("--room", "", "rooms"),
        ("--pin", "sha256/x", "tls.pins"),
        ("--ca", "/nowhere.pem", "tls.extra_roots"),
        ("--proxy", "ftp://x", "proxy"),
        ("--multiplier", "NaN", "backoff_multiplier"),
        ("--heartbeat-ms", "0", "heartbeat_interval"),
        ("--base-ms", "0", "base_interval"),
        ("--max-ms", "0", "max_interval"),
        ("--info", "", "info"),
        ("--key-field", "token", "key_field"),
    ] {
        let mut args = vec!["session", option, value];
        if option != "--url" {
            args.extend(["--url", "wss://example.org/ws"]);
        }
        let mut session = Program::start(&args);
        let lines = session.rest().await;
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!(lines[0]["code"], "invalid_config", "{option} {value}");
        assert_eq!(lines[0]["field"], field, "{option} {value}");
        assert_ne!(lines[0]["message"], "");
        assert_eq!(session.exit().await.code(), Some(2));
    }
}

//! Coming in, or not.

use std::sync::Arc;
use std::time::Duration;

use aldis_protocol::KEY_FIELD_IGNIS;
use aldis_protocol::client::ClientConfig;
use aldis_protocol::handshake::{INFO_IGNIS, KeyPair};
use aldis_server::auth::StaticTokens;
use aldis_server::{Authenticator, Config, Rejection, Server, User};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::support::{
    Ended, RawSocket, TestClient, authenticate_text, guarded, metric, relay, relay_with,
};

/// Does what the token says.
struct Obedient;

impl Authenticator for Obedient {
    async fn authenticate(&self, token: &str) -> Result<User, Rejection> {
        match token {
            "fail" => Err(Rejection::failed("the database is away")),
            "panic" => panic!("as the test wants it"),
            "hang" => std::future::pending().await,
            "slow" => {
                tokio::time::sleep(Duration::from_secs(14)).await;
                Ok(User::anonymous())
            }
            _ => Err(Rejection::refused("no")),
        }
    }
}

fn obedient() -> Server {
    Server::builder().authenticator(Obedient).build().unwrap()
}

async fn refusal(server: &Server, token: &str) -> (Vec<String>, Ended) {
    let client = TestClient::connect_with(server, ClientConfig::default(), token).await;
    client.err().unwrap()
}

fn errors(message: &str, code: u16, reason: &str) -> (Vec<String>, Ended) {
    (vec![message.to_owned()], Ended::new(code, reason))
}

#[tokio::test(start_paused = true)]
async fn a_client_is_told_who_it_is() {
    let tokens = StaticTokens::new().with("secret", User::new("ann"));
    let server = Server::builder().authenticator(tokens).build().unwrap();
    let client = TestClient::connect(&server, "secret").await;
    assert_eq!(client.id().len(), 36);
    assert_eq!(client.welcome.user_id.as_deref(), Some("ann"));
    assert!(client.welcome.encrypted);
    let time = client.welcome.time.as_deref().unwrap();
    assert!(time.len() == 24 && time.ends_with('Z'), "{time}");
    // As IGNIS writes it: these keys, in this order.
    let at = |key: &str| client.last_received.find(&format!("\"{key}\":")).unwrap();
    let keys = ["event", "data", "id", "userId", "time", "serverPublicKey", "salt"];
    assert!(keys.map(at).is_sorted());
    assert_eq!(
        refusal(&server, "other").await,
        errors("Authentication failed", 4003, "Authentication failed")
    );
}

#[tokio::test(start_paused = true)]
async fn an_authenticator_that_fails_or_panics_refuses() {
    let server = obedient();
    let error = errors("Authentication error", 4003, "Authentication failed");
    assert_eq!(refusal(&server, "fail").await, error);
    assert_eq!(refusal(&server, "panic").await, error);
    let handle = server.handle();
    assert_eq!(metric(&handle, "aldis_panics_total"), 1);
    guarded(handle.shutdown()).await;
    assert_eq!(metric(&handle, "aldis_handshakes_total{result=\"failed\"}"), 2);
}

#[tokio::test(start_paused = true)]
async fn time_is_limited() {
    let server = obedient();
    let start = Instant::now();
    let mut silent = RawSocket::connect(&server).await;
    silent.send(r#"{"event":"heartbeat"}"#).await;
    let late = Ended::new(4001, "Authentication timeout");
    assert_eq!(silent.next().await, Err(late.clone()));
    assert_eq!(start.elapsed().as_secs(), 5);

    let start = Instant::now();
    assert_eq!(refusal(&server, "hang").await, (vec![], late));
    assert_eq!(start.elapsed().as_secs(), 15);

    let client = TestClient::connect(&server, "slow").await;
    assert_eq!(client.welcome.user_id, None);
}

#[tokio::test(start_paused = true)]
async fn a_key_is_demanded_and_must_be_on_the_curve() {
    let server = relay();
    let mut keyless = RawSocket::connect(&server).await;
    let authenticate = |key: Value| {
        let data = json!({ "type": "Bearer", "token": "ann", "clientPublicKey": key });
        json!({ "event": "authenticate", "data": data }).to_string()
    };
    keyless.send(authenticate(Value::Null)).await;
    let error = keyless.next().await.unwrap();
    assert_eq!(error, r#"{"event":"error","data":{"message":"Encryption handshake failed"}}"#);
    let ended = keyless.next().await;
    assert_eq!(ended, Err(Ended::new(4004, "Encryption required")));

    let mut crooked = RawSocket::connect(&server).await;
    crooked.send(authenticate(json!("BAAA"))).await;
    assert!(crooked.next().await.unwrap().contains("Authentication error"));
    assert_eq!(crooked.next().await.unwrap_err().code, 4003);
    let handle = server.handle();
    guarded(handle.shutdown()).await;
    assert_eq!(metric(&handle, "aldis_handshakes_total{result=\"no_key\"}"), 1);
    assert_eq!(metric(&handle, "aldis_handshakes_total{result=\"failed\"}"), 1);
}

#[tokio::test(start_paused = true)]
async fn plaintext_is_possible_where_it_is_allowed() {
    let server = relay_with(Config { require_encryption: false, ..Config::default() });
    let mut client = RawSocket::connect(&server).await;
    let text = r#"{"event":"authenticate","data":{"type":"Bearer","token":"ann"}}"#;
    client.send(text).await;
    let connected: Value = serde_json::from_str(&client.next().await.unwrap()).unwrap();
    assert!(connected["data"].get("serverPublicKey").is_none());
    client.send(r#"{"event":"echo","data":{"a":1},"id":"7"}"#).await;
    let echo = client.next().await.unwrap();
    assert_eq!(echo, r#"{"event":"echo","data":{"a":1},"id":"7"}"#);
}

#[tokio::test(start_paused = true)]
async fn names_and_keys_are_configurable() {
    let keys = Arc::new(KeyPair::generate(&mut rand::rng()));
    let server = relay_with(Config {
        info: INFO_IGNIS.to_owned(),
        key_field: KEY_FIELD_IGNIS.to_owned(),
        static_key: Some(Arc::clone(&keys)),
        ..Config::default()
    });
    let config = ClientConfig {
        info: INFO_IGNIS.to_owned(),
        key_field: KEY_FIELD_IGNIS.to_owned(),
        server_key: Some(*keys.public_key()),
        ..ClientConfig::default()
    };
    let client = TestClient::connect_with(&server, config, "ann").await;
    let mut client = client.map_err(|_| ()).unwrap();
    assert_eq!(client.ask("echo", json!("hello")).await, "hello");
    // A client with the other names has no key that the server can see.
    assert_eq!(refusal(&server, "ann").await.1.code, 4004);
}

#[tokio::test(start_paused = true)]
async fn what_comes_too_early_or_twice_is_answered() {
    let server = relay();
    let mut client = RawSocket::connect(&server).await;
    let error = |message: &str| format!(r#"{{"event":"error","data":{{"message":"{message}"}}}}"#);
    client.send("hello").await;
    assert_eq!(client.next().await.unwrap(), error("Invalid message format"));
    client.send(r#"{"event":"join","data":{"rooms":["a"]}}"#).await;
    assert_eq!(client.next().await.unwrap(), error("Not authenticated"));
    let (_, text) = authenticate_text(ClientConfig::default(), "ann");
    client.send(text.clone()).await;
    assert!(client.next().await.unwrap().contains("connected"));
    client.send(text).await;
    assert!(client.next().await.unwrap().contains("encrypted"));
    assert_eq!(server.handle().client_count(), 1);
}

#[tokio::test]
async fn an_insecure_authenticator_stays_on_loopback() {
    let error = relay().bind("0.0.0.0:0").await.unwrap_err();
    assert_eq!(error.code(), "authenticator_insecure");
}

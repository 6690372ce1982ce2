//! The configuration, from code and from `tauri.conf.json`.

use serde_json::{Value, json};
use tauri_plugin_signal::{Builder, SignalExt as _, SignalPluginConfig};

use crate::app::build;

/// What an app that is configured like this fails with.
fn refusal(json: Value) -> String {
    build(Builder::new(), json).map(drop).unwrap_err().to_string()
}

#[test]
fn the_file_is_read_where_code_says_nothing() {
    let app = build(Builder::new(), json!({ "serverUrl": "wss://a.example/ws" })).unwrap();
    assert!(app.signal().client().explain().contains("a.example"));
}

#[test]
fn code_goes_before_the_file() {
    let config =
        SignalPluginConfig { server_url: "wss://b.example/ws".into(), ..Default::default() };
    let json = json!({ "serverUrl": "wss://a.example/ws" });
    let app = build(Builder::new().config(config), json).unwrap();
    assert!(app.signal().client().explain().contains("b.example"));
}

#[test]
fn the_field_at_fault_is_named() {
    let url = "wss://a.example/ws";
    for (json, field) in [
        (Value::Null, "serverUrl"),
        (json!({ "serverUrl": "http://a.example" }), "serverUrl"),
        (json!({ "serverUrl": url, "maxRetries": "many" }), "maxRetries"),
        (json!({ "serverUrl": url, "baseIntervalMs": 0 }), "baseIntervalMs"),
        (json!({ "serverUrl": url, "backoffMultiplier": 0.5 }), "backoffMultiplier"),
        (json!({ "serverUrl": url, "autoJoinRooms": ["ws:mine"] }), "autoJoinRooms"),
        (json!({ "serverUrl": url, "background": "never" }), "background"),
        (json!({ "serverUrl": url, "backgroundGraceMs": 86_400_001 }), "backgroundGraceMs"),
        (json!({ "serverUrl": url, "tls": { "pins": ["nothing"] } }), "tls.pins"),
        (json!({ "serverUrl": url, "pongTimeoutMs": 1 }), "pongTimeoutMs"),
        (json!({ "serverUrl": url, "dialTimeoutMs": 1 }), "dialTimeoutMs"),
        (json!({ "serverUrl": url, "authenticationTimeoutMs": 1 }), "authenticationTimeoutMs"),
        (json!({ "serverUrl": url, "heartbeatIntervalMs": 1 }), "heartbeatIntervalMs"),
        (json!({ "serverUrl": url, "maxIntervalMs": 0 }), "maxIntervalMs"),
        (json!({ "serverUrl": url, "maxOutboxMessages": 0 }), "maxOutboxMessages"),
        (json!({ "serverUrl": url, "maxOutboxBytes": 1 }), "maxOutboxBytes"),
        (json!({ "serverUrl": url, "maxPendingRequests": 0 }), "maxPendingRequests"),
        (json!({ "serverUrl": url, "maxFrameBytes": 1 }), "maxFrameBytes"),
        (json!({ "serverUrl": url, "maxInboundBytes": 1 }), "maxInboundBytes"),
        (json!({ "serverUrl": url, "replayEvents": 0 }), "replayEvents"),
        (json!({ "serverUrl": url, "ecdhInfo": "" }), "ecdhInfo"),
        (json!({ "serverUrl": url, "keyField": "token" }), "keyField"),
        (json!({ "serverUrl": url, "serverKey": "none" }), "serverKey"),
        (json!({ "serverUrl": url, "tls": { "extraRoots": ["none"] } }), "tls.extraRoots"),
        (json!({ "serverUrl": url, "ecdhinfo": "typo" }), "ecdhinfo"),
    ] {
        let error = refusal(json);
        assert!(error.contains(field), "{field}: {error}");
    }
}

#[test]
fn defaults_are_those_of_the_protocol() {
    let config = serde_json::to_value(SignalPluginConfig::default()).unwrap();
    assert_eq!(config["ecdhInfo"], "nx-signal-e2e");
    assert_eq!(config["maxRetries"], 20);
    assert_eq!(config["baseIntervalMs"], 2_000);
    assert_eq!(config["backoffMultiplier"], 1.5);
    assert_eq!(config["maxIntervalMs"], 30_000);
    assert_eq!(config["heartbeatIntervalMs"], 30_000);
}

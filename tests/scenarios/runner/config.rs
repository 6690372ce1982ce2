//! Settings of the table, for a client in Rust.

use std::time::Duration;

use aldis_client::SignalConfig;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Sets each setting; panics where there is none of that name.
pub(crate) fn apply(settings: &Map<String, Value>, config: &mut SignalConfig) {
    for (name, value) in settings {
        set(name, value, config);
    }
}

fn set(name: &str, value: &Value, config: &mut SignalConfig) {
    match name {
        "token" => config.token = read::<Option<String>>(value).map(Into::into),
        "rooms" => config.rooms = read(value),
        "info" => config.info = read(value),
        "key_field" => config.key_field = read(value),
        "server_key" => config.server_key = read(value),
        "allow_plaintext" => config.allow_plaintext = read(value),
        "heartbeat_interval_ms" => config.heartbeat_interval = milliseconds(value),
        "pong_timeout_ms" => config.pong_timeout = milliseconds(value),
        "probe_timeout_ms" => config.probe_timeout = milliseconds(value),
        "max_retries" => config.max_retries = read(value),
        "base_interval_ms" => config.base_interval = milliseconds(value),
        "backoff_multiplier" => config.backoff_multiplier = read(value),
        "max_interval_ms" => config.max_interval = milliseconds(value),
        "jitter" => config.jitter = read(value),
        "max_outbox_messages" => config.max_outbox_messages = read(value),
        "max_pending_requests" => config.max_pending_requests = read(value),
        "max_frame_bytes" => config.max_frame_bytes = read(value),
        "max_inbound_bytes" => config.max_inbound_bytes = read(value),
        _ => panic!("there is no setting {name}"),
    }
}

fn read<T: DeserializeOwned>(value: &Value) -> T {
    T::deserialize(value).unwrap()
}

fn milliseconds(value: &Value) -> Duration {
    Duration::from_millis(read(value))
}

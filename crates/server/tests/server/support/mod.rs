//! A small client, and servers to point it at.

mod client;
mod raw;

use std::future::Future;
use std::time::Duration;

use aldis_server::auth::InsecureTokenIsUserId;
use aldis_server::handlers::Relay;
use aldis_server::{Config, OpenRooms, Server, ServerHandle};

pub(crate) use client::{Ended, TestClient};
pub(crate) use raw::{RawSocket, authenticate_text, bare};

/// Lets in everybody, opens all rooms, and relays.
pub(crate) fn relay() -> Server {
    relay_with(Config::default())
}

pub(crate) fn relay_with(config: Config) -> Server {
    Server::builder()
        .config(config)
        .authenticator(InsecureTokenIsUserId)
        .room_policy(OpenRooms)
        .handler(Relay)
        .build()
        .unwrap()
}

/// One counter or gauge; 0 if it was never touched.
pub(crate) fn metric(handle: &ServerHandle, name: &str) -> u64 {
    let text = handle.metrics_text();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.map_or(0, |value| value.parse().unwrap())
}

/// Ends a test that hangs. The time is generous: nothing is proved by it.
pub(crate) async fn guarded<T>(future: impl Future<Output = T>) -> T {
    let limit = Duration::from_secs(100);
    tokio::time::timeout(limit, future).await.expect("the test hangs")
}

//! Heartbeats: who is silent for too long is gone. The time of these cases passes for real, so a
//! connection that the server gives up is their clock.

use std::time::Duration;

use aldis_client::{CloseCode, SignalConfig};
use aldis_tests::{Kind, RawClient, Server, Settings, TestClient};

/// Long enough for a busy machine to get a heartbeat through in time.
const HEARTBEAT_TIMEOUT_MS: u64 = 2_000;

async fn strict_server(kind: Kind) -> Server {
    let settings = Settings {
        heartbeat_interval_ms: 100,
        heartbeat_timeout_ms: HEARTBEAT_TIMEOUT_MS,
        ..Settings::default()
    };
    Server::with(kind, settings).await
}

fn with_heartbeat(server: &Server, user: &str, interval: Duration) -> SignalConfig {
    SignalConfig { heartbeat_interval: interval, ..TestClient::config(server.url(), user) }
}

/// 4002, and the client comes back.
pub(crate) async fn silence_costs_the_connection(kind: Kind) {
    let server = strict_server(kind).await;
    let mut client = silent_client(&server).await;
    let reason = client.ended().await;
    assert_eq!(reason.close_code(), Some(CloseCode::HEARTBEAT_TIMEOUT), "{reason}");
    client.session().await;
    client.assert_works().await;
}

async fn silent_client(server: &Server) -> TestClient {
    let config = with_heartbeat(server, "good-silent", Duration::from_hours(1));
    TestClient::connect_with(config).await
}

/// Nothing but heartbeats, for longer than the server tolerates silence.
pub(crate) async fn heartbeats_keep_an_idle_connection(kind: Kind) {
    let server = strict_server(kind).await;
    let config = with_heartbeat(&server, "good-idle", Duration::from_millis(100));
    let idle = TestClient::connect_with(config).await;
    let mut clock = silent_client(&server).await;
    clock.ended().await;
    idle.assert_works().await;
    let stats = idle.handle.stats();
    assert_eq!(stats.sessions, 1);
    assert!(stats.rtt.is_some(), "each heartbeat measures the round trip");
    assert!(stats.frames_sent > HEARTBEAT_TIMEOUT_MS / 100 / 2, "{stats:?}");
}

/// Bun pings connections on which nothing comes in, and ends them if no pong does.
pub(crate) async fn pings_are_answered(kind: Kind) {
    let settings =
        Settings { idle_timeout_seconds: 4, auth_timeout_ms: 60_000, ..Settings::default() };
    let server = Server::with(kind, settings).await;
    let config = with_heartbeat(&server, "good-idle", Duration::from_hours(1));
    let idle = TestClient::connect_with(config).await;
    RawClient::connect(server.addr()).await.play_dead().await;
    idle.assert_works().await;
    assert_eq!(idle.handle.stats().sessions, 1);
}

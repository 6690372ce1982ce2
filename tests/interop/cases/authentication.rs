//! Tokens: good, bad, slow, and servers that never answer.

use std::time::Duration;

use aldis_client::{
    CloseCode, CloseReason, ConnectError, ConnectionState, SignalClient, SignalConfig, StateChange,
    TokenRequest,
};
use aldis_tests::{Kind, RawClient, Server, Settings, TestClient, within};

pub(crate) async fn refused_token(kind: Kind) {
    is_rejected(kind, "bad", "Authentication failed").await;
}

pub(crate) async fn throwing_authenticator(kind: Kind) {
    is_rejected(kind, "throw", "Authentication error").await;
}

async fn is_rejected(kind: Kind, token: &str, words: &str) {
    let server = Server::start(kind).await;
    let client = TestClient::new(TestClient::config(server.url(), token));
    let error = client.try_connect().await.unwrap_err();
    let ConnectError::Failed(CloseReason::AuthRejected { message }) = error else {
        panic!("{error}");
    };
    assert_eq!(message, words);
    assert_eq!(client.handle.stats().attempts, 1, "the same token is not tried again");
    assert_eq!(client.handle.state(), ConnectionState::Disconnected);
}

pub(crate) async fn fresh_token_after_a_refusal(kind: Kind) {
    let server = Server::start(kind).await;
    let provider = async |request| {
        assert_eq!(request, TokenRequest::Refused);
        Ok::<_, std::io::Error>("good-ann")
    };
    let config = TestClient::config(server.url(), "expired");
    let (client, _events) = SignalClient::builder(config).token_provider(provider).build().unwrap();
    let session = within("a session", client.connect()).await.unwrap();
    assert_eq!(session.user_id.as_deref(), Some("ann"));
    assert_eq!(client.stats().attempts, 2);
}

/// A client that connects and does not authenticate; heartbeats do not buy it time (4001).
pub(crate) async fn late_authenticate(kind: Kind) {
    let settings = Settings { auth_timeout_ms: 300, ..Settings::default() };
    let server = Server::with(kind, settings).await;
    let mut client = RawClient::connect(server.addr()).await;
    client.send(r#"{"event":"heartbeat"}"#).await;
    assert_eq!(client.closed().await, (4001, "Authentication timeout".to_owned()));
}

/// Longer than `authenticate` may take to come, shorter than its check may take.
pub(crate) async fn slow_authenticator(kind: Kind) {
    let settings = Settings { auth_timeout_ms: 1_000, ..Settings::default() };
    let server = Server::with(kind, settings).await;
    let client = TestClient::connect(server.url(), "slow-1200-ann").await;
    client.assert_works().await;
    assert_eq!(client.handle.stats().attempts, 1);
}

pub(crate) async fn too_slow_authenticator(kind: Kind) {
    let settings = Settings { auth_timeout_ms: 200, ..Settings::default() };
    let server = Server::with(kind, settings).await;
    let reason = last_words(TestClient::config(server.url(), "slow-60000-ann")).await;
    assert_eq!(reason.close_code(), Some(CloseCode::AUTHENTICATION_TIMEOUT), "{reason}");
}

/// The server never answers, and has hours to do it: the client's own patience ends.
pub(crate) async fn hung_handshake(kind: Kind) {
    let settings = Settings { auth_timeout_ms: 3_600_000, ..Settings::default() };
    let server = Server::with(kind, settings).await;
    let mut config = TestClient::config(server.url(), "hang-ann");
    config.authentication_timeout = Duration::from_millis(300);
    let reason = last_words(config).await;
    assert_eq!(reason.code(), "authentication_timeout");
    assert!(matches!(reason, CloseReason::Session(_)), "{reason}");
}

/// How a single attempt ends.
async fn last_words(config: SignalConfig) -> CloseReason {
    let client = TestClient::new(SignalConfig { max_retries: 0, ..config });
    match client.try_connect().await {
        Err(ConnectError::Failed(CloseReason::RetriesExhausted { last, attempts: 1 })) => *last,
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn disconnect_while_authenticating(kind: Kind) {
    let server = Server::start(kind).await;
    let client = TestClient::new(TestClient::config(server.url(), "slow-14000-ann"));
    let mut state = client.handle.watch_state();
    let disconnect = async {
        let authenticating = |now: &StateChange| now.state == ConnectionState::Authenticating;
        within("authenticating", state.wait_for(authenticating)).await.unwrap();
        let limit = Duration::from_secs(1);
        tokio::time::timeout(limit, client.handle.disconnect()).await.expect("done in a moment");
    };
    let (connected, ()) = tokio::join!(client.handle.connect(), disconnect);
    assert!(matches!(connected, Err(ConnectError::Cancelled)), "{connected:?}");
    assert_eq!(client.handle.state(), ConnectionState::Disconnected);
}

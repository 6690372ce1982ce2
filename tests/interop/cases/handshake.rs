//! Names, keys and encryption: what the two ends have to agree on.

use aldis_client::{CloseReason, ConnectError, SignalConfig};
use aldis_tests::{Kind, Server, Settings, TestClient, run_on_bun};
use serde::Deserialize;

pub(crate) async fn names_of_nx_signal(kind: Kind) {
    agrees_on(kind, "nx-signal-e2e", "clientPublicKey").await;
}

pub(crate) async fn names_of_ignis(kind: Kind) {
    agrees_on(kind, "ignis-ecdh-p256-aes-256-gcm-v1", "publicKey").await;
}

async fn agrees_on(kind: Kind, info: &'static str, key_field: &'static str) {
    let settings = Settings { hkdf_info: info, public_key_field: key_field, ..Settings::default() };
    let server = Server::with(kind, settings).await;
    let config = TestClient::config(server.url(), "good-ann");
    let (info, key_field) = (info.to_owned(), key_field.to_owned());
    let client = TestClient::new(SignalConfig { info, key_field, ..config });
    let session = client.try_connect().await.unwrap();

    assert!(session.encrypted);
    assert!(session.server_time.is_some());
    assert_eq!(session.user_id.as_deref(), Some("ann"));
    let who = client.who().await;
    assert_eq!((who.id, who.user_id), (session.client_id, session.user_id));
    client.assert_works().await;
}

/// The client calls its key by a name that the server does not know (4004).
pub(crate) async fn missing_key(kind: Kind) {
    let server = Server::start(kind).await;
    let client = TestClient::new(with_misnamed_key(&server));
    let error = client.try_connect().await.unwrap_err();
    assert!(matches!(error, ConnectError::Failed(CloseReason::KeyRefused)), "{error}");
    assert_eq!(client.handle.stats().attempts, 1, "a second attempt would end no better");
}

/// A client whose key the server does not see.
fn with_misnamed_key(server: &Server) -> SignalConfig {
    let config = TestClient::config(server.url(), "good-ann");
    SignalConfig { key_field: "publicKey".to_owned(), ..config }
}

pub(crate) async fn server_without_encryption(kind: Kind) {
    let server = unencrypted(kind).await;
    let client = TestClient::new(with_misnamed_key(&server));
    let error = client.try_connect().await.unwrap_err();
    assert_eq!(error.code(), "encryption_missing");
}

pub(crate) async fn plaintext_where_it_is_allowed(kind: Kind) {
    let server = unencrypted(kind).await;
    let config = SignalConfig { allow_plaintext: true, ..with_misnamed_key(&server) };
    let client = TestClient::new(config);
    assert!(!client.try_connect().await.unwrap().encrypted);
    client.assert_works().await;
}

/// A server that lets a client in without a key, and then speaks plaintext with it.
async fn unencrypted(kind: Kind) -> Server {
    Server::with(kind, Settings { require_encryption: false, ..Settings::default() }).await
}

/// The protocol, written a second time in another language, so that our server is not only ever
/// tried with our own client. That it is right shows against IGNIS.
pub(crate) async fn web_crypto_client(kind: Kind) {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Report {
        user_id: String,
        echoes: Vec<bool>,
        rooms: Vec<String>,
        room_message: String,
        second_authenticate: String,
        closed: u16,
    }

    let server = Server::start(kind).await;
    let printed = run_on_bun("webcrypto-client.ts", &[&server.url(), "good-web"]).await;
    let report: Report = serde_json::from_str(&printed).unwrap();
    assert_eq!(report.user_id, "web");
    assert_eq!(report.echoes, [true, true, true]);
    for room in ["lobby", "ws-default", "ws-notification"] {
        assert!(report.rooms.iter().any(|name| name == room), "{room}: {:?}", report.rooms);
    }
    assert_eq!(report.room_message, "hello, lobby");
    assert_eq!(report.second_authenticate, "Already authenticated");
    assert_eq!(report.closed, 1000, "the server answers the close frame");
}

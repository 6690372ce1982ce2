//! Tokens, keys, payloads and passwords never show: not in logs, not in errors, not in `Debug`.
//!
//! A test binary of its own, since a process has one logger.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

use std::fmt::Write as _;
use std::io;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use aldis_client::dial::{Dial, DialFuture, Endpoint};
use aldis_client::{
    ConnectionState as State, SignalClient, SignalConfig, SignalEvent, SignalEvents, TokenRequest,
};
use aldis_protocol::handshake::{KeyPair, PublicKey, SessionKey, salt_from_base64};
use aldis_testkit::{
    Acceptance, Cut, MemoryNetwork, Peer, ScriptError, ScriptedServer, TestPki, TlsFront, tampered,
};
use futures_util::FutureExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

const HANG: Duration = Duration::from_hours(1);

/// Everything that was logged or shown.
static SHOWN: LazyLock<Arc<Mutex<String>>> = LazyLock::new(Arc::default);

fn show(text: impl AsRef<str>) {
    let mut shown = SHOWN.lock().unwrap();
    shown.push_str(text.as_ref());
    shown.push('\n');
}

struct Shown;

impl io::Write for Shown {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        show(String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// For the crates below, which use `log`. tungstenite shows whole frames at trace, which nobody but
/// the host can prevent: that is left out, as the client's documentation advises.
impl log::Log for Shown {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.level() <= log::Level::Debug || !metadata.target().contains("tungstenite")
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            show(format!("{} {} {}", record.level(), record.target(), record.args()));
        }
    }

    fn flush(&self) {}
}

fn capture() {
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(|| Shown)
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    log::set_boxed_logger(Box::new(Shown)).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
}

const SECRETS: [&str; 10] = [
    "first-token",
    "second-token",
    "fresh-token",
    "refused-token",
    "payload-out",
    "payload-in",
    "query-secret",
    "header-secret",
    "proxy-secret",
    // user:proxy-secret
    "dXNlcjpwcm94eS1zZWNyZXQ",
];

/// Shows whatever a host may show of a client.
fn show_client(client: &SignalClient) {
    let stats = client.stats();
    show(format!("{client:?} {:?} {stats:?} {}", client.watch_state(), client.explain()));
    show(format!("{:?} {:?} {:?}", client.state(), client.session(), client.rooms()));
}

fn show_config(config: &SignalConfig) {
    show(format!("{config:?} {:?}", SignalClient::builder(config.clone())));
}

async fn next(events: &mut SignalEvents) -> SignalEvent {
    let event = events.next().await.unwrap();
    show(format!("{event:?}"));
    if let SignalEvent::Error(error) = &event {
        show(format!("{error} {}", error.code()));
    }
    event
}

async fn until(events: &mut SignalEvents, state: State) {
    loop {
        if let SignalEvent::State(change) = next(events).await {
            show(format!("{:?}", change.reason.as_ref().map(ToString::to_string)));
            if change.state == state {
                return;
            }
        }
    }
}

/// Shows the endpoint on the way to memory.
struct Showing(MemoryNetwork);

impl Dial for Showing {
    fn dial<'a>(&'a self, endpoint: &'a Endpoint) -> DialFuture<'a> {
        show(format!("{endpoint:?} {endpoint}"));
        self.0.dial(endpoint)
    }
}

/// A server whose sessions' keys the test knows.
async fn serve(
    mut peer: Peer,
    keys: Arc<KeyPair>,
    known: Arc<Mutex<Vec<SessionKey>>>,
) -> Result<(), ScriptError> {
    let authenticate = peer.expect_authenticate().await?;
    if authenticate.token == "refused-token" {
        peer.send_plain("error", serde_json::json!({ "message": "no" })).await?;
        return peer.close(4003, "no").await;
    }
    let connected = peer.prepare(&authenticate, &Acceptance::new().keys(Arc::clone(&keys)))?;
    let parsed: serde_json::Value = serde_json::from_str(&connected).unwrap();
    let salt = salt_from_base64(parsed["data"]["salt"].as_str().unwrap()).unwrap();
    let client = PublicKey::from_base64(authenticate.public_key.as_deref().unwrap()).unwrap();
    known.lock().unwrap().push(keys.agree(&client, &salt, "nx-signal-e2e"));
    peer.send_text(connected).await?;
    peer.send_plain("plain", "payload-in").await?;
    let sealed = peer.seal(r#"{"event":"chat","data":"payload-in"}"#)?;
    peer.send_text(sealed.clone()).await?;
    peer.send_text(sealed.clone()).await?;
    while let Some(event) = peer.next_event().await? {
        match event.event() {
            "refuse" => {
                let refusal =
                    serde_json::json!({"event": "error", "data": "payload-in", "id": event.id()});
                let refusal = peer.seal(&refusal.to_string())?;
                peer.send_text(refusal).await?;
            }
            "spoil" => {
                let spoilt = tampered(&peer.seal(r#"{"event":"e","data":"payload-in"}"#)?);
                peer.send_text(spoilt.unwrap()).await?;
            }
            "silence" => {}
            _ => peer.reply(&event, "payload-in").await?,
        }
    }
    Ok(())
}

async fn a_full_life() -> Vec<SessionKey> {
    let (network, known) = (MemoryNetwork::new(), Arc::<Mutex<Vec<SessionKey>>>::default());
    let keys = Arc::new(KeyPair::generate(&mut rand_core::UnwrapErr(rand::rngs::SysRng)));
    let knowing = Arc::clone(&known);
    let server = ScriptedServer::start_in(&network, move |peer| {
        serve(peer, Arc::clone(&keys), Arc::clone(&knowing))
    });
    let mut config = SignalConfig::new("ws://localhost/ws?key=query-secret").token("first-token");
    config.headers = vec![("X-Key".into(), "header-secret".into())];
    config.rooms = vec!["room".into()];
    config.proxy = Some("http://user:proxy-secret@localhost:3128".into());
    show_config(&config);
    let fresh = |request: TokenRequest| async move {
        show(format!("{request:?}"));
        Ok::<_, io::Error>("fresh-token")
    };
    let builder =
        SignalClient::builder(config).token_provider(fresh).dialer(Showing(network.clone()));
    show(format!("{builder:?}"));
    let (client, mut events) = builder.build().unwrap();
    client.send_with_ttl("waiting", "payload-out", HANG).unwrap();
    show_client(&client);
    show(format!("{:?}", client.send("e", "payload-out").unwrap_err()));
    show(format!("{:?}", client.send("join", "payload-out").unwrap_err()));
    show(format!("{:?}", client.send("e", &"payload-out".repeat(10_000)).unwrap_err()));

    show(format!("{:?}", client.connect().await));
    client.send("chat", "payload-out").unwrap();
    show(format!("{:?}", client.request("ask", "payload-out", HANG).await));
    show(format!("{:?}", client.request("refuse", "payload-out", HANG).await));
    let _ = client.request("silence", "payload-out", HANG).now_or_never();
    show_client(&client);
    client.update_token("second-token").unwrap();
    network.faults().cut(Cut::Reset);
    until(&mut events, State::Reconnecting).await;
    show_client(&client);
    until(&mut events, State::Authenticated).await;
    client.send("spoil", "payload-out").unwrap();
    until(&mut events, State::Authenticated).await;
    client.update_token("refused-token").unwrap();
    network.faults().cut(Cut::Fin);
    until(&mut events, State::Authenticated).await;
    client.send_with_ttl("e", "payload-out", HANG).unwrap();
    show(format!("{events:?}"));
    client.disconnect().await;
    client.send_with_ttl("e", "payload-out", Duration::from_millis(1)).unwrap();
    while !matches!(next(&mut events).await, SignalEvent::Error(_)) {}
    show_client(&client);
    drop(client);
    while let Some(event) = events.next().await {
        show(format!("{event:?}"));
    }
    drop(server);
    std::mem::take(&mut known.lock().unwrap())
}

/// Over sockets: a proxy that refuses, and TLS that is refused.
async fn refusals() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = listener.local_addr().unwrap();
    let refusing = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 1024]).await.unwrap();
        stream.write_all(b"HTTP/1.1 407 No\r\n\r\n").await.unwrap();
    });
    let pki = TestPki::new().unwrap();
    let front = TlsFront::start(proxy, &pki.issue(&["localhost"]).unwrap()).await.unwrap();
    let url = format!("wss://localhost:{}/ws?key=query-secret", front.addr().port());
    for proxied in [true, false] {
        let mut config = SignalConfig::new(&url).token("first-token");
        config.max_retries = 0;
        config.headers = vec![("X-Key".into(), "header-secret".into())];
        config.proxy = proxied.then(|| format!("http://user:proxy-secret@{proxy}"));
        show_config(&config);
        let (client, mut events) = SignalClient::new(config).unwrap();
        let error = client.connect().await.unwrap_err();
        show(format!("{error:?} {error}"));
        show_client(&client);
        drop(client);
        while let Some(event) = events.next().await {
            show(format!("{event:?}"));
        }
    }
    refusing.await.unwrap();
    for url in ["wss://user:query-secret@h/", "ws://h/?key=query-secret", "h?query-secret"] {
        let mut config = SignalConfig::new(url).token("first-token");
        config.proxy = Some("ftp://user:proxy-secret@h".into());
        show_config(&config);
        let error = SignalClient::new(config).unwrap_err();
        show(format!("{error:?} {error}"));
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

#[test]
fn nothing_secret_shows() {
    capture();
    let runtime = |paused| {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().start_paused(paused).event_interval(1).build().unwrap()
    };
    let keys = runtime(true).block_on(async { timeout(HANG, a_full_life()).await });
    let keys = keys.expect("no hang");
    runtime(false).block_on(async { timeout(HANG / 60, refusals()).await }).expect("no hang");

    let shown = SHOWN.lock().unwrap();
    for expected in ["state changed", "Token(…)", "AuthRejected", "Undecryptable", "407"] {
        assert!(shown.contains(expected), "the capture lacks {expected}:\n{shown}");
    }
    assert!(keys.len() >= 4, "{}", keys.len());
    let keys = keys.iter().flat_map(|key| {
        let bytes = key.expose_bytes();
        [hex(bytes), base64_simd::STANDARD.encode_to_string(bytes), format!("{bytes:?}")]
    });
    for secret in keys.chain(SECRETS.map(str::to_owned)) {
        let line = shown.lines().find(|line| line.contains(&secret));
        assert!(line.is_none(), "{secret} shows: {line:?}");
    }
}

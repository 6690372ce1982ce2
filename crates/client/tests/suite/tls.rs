//! TLS over real sockets, with either implementation.

use std::net::SocketAddr;
use std::time::Duration;

use aldis_client::{
    CloseReason, ConfigError, ConnectError, DialError, SignalClient, SignalConfig, SignalEvents,
    TlsBackend,
};
use aldis_testkit::{Direction, FaultProxy, Peer, ScriptedServer, TestPki, TlsFront, TlsVersion};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use tokio::time::timeout;

use crate::settings::backends;
use crate::support::{admitted, honest};

/// Only against hanging; nothing takes that long.
const HANG: Duration = Duration::from_secs(30);

/// Why it is not the default on Apple's systems.
const SECURE_TRANSPORT_LACKS: (TlsBackend, TlsVersion) = (TlsBackend::Native, TlsVersion::Tls13);

pub(crate) fn config(addr: SocketAddr, backend: TlsBackend, pki: &TestPki) -> SignalConfig {
    let mut config = SignalConfig::new(format!("wss://localhost:{}/ws", addr.port())).token("t");
    config.max_retries = 0;
    config.tls.backend = backend;
    config.tls.extra_roots = vec![pki.ca_pem()];
    config
}

/// Connects, exchanges a message, and disconnects; or tells why the dial failed.
pub(crate) async fn outcome(config: SignalConfig) -> Result<(), DialError> {
    converse(SignalClient::new(config).unwrap()).await
}

async fn converse((client, mut events): (SignalClient, SignalEvents)) -> Result<(), DialError> {
    let connected = timeout(HANG, client.connect()).await.expect("an end");
    match connected {
        Ok(_) => {}
        Err(ConnectError::Failed(CloseReason::RetriesExhausted { last, .. })) => match *last {
            CloseReason::Dial(error) => return Err(error),
            other => panic!("{other}"),
        },
        Err(error) => panic!("{error}"),
    }
    client.send("hello", &"there").unwrap();
    let message = async {
        loop {
            if let aldis_client::SignalEvent::Message(message) = events.next().await.unwrap() {
                return message;
            }
        }
    };
    assert_eq!(timeout(HANG, message).await.unwrap().data(), "\"there\"");
    client.disconnect().await;
    Ok(())
}

#[tokio::test]
async fn the_right_certificate_connects_and_a_wrong_one_is_named() {
    let server = ScriptedServer::start(honest).await.unwrap();
    let (pki, stranger) = (TestPki::new().unwrap(), TestPki::new().unwrap());
    let good = pki.issue(&["localhost", "127.0.0.1"]).unwrap();
    let front = TlsFront::start(server.addr(), &good).await.unwrap();
    for backend in backends() {
        outcome(config(front.addr(), backend, &pki)).await.unwrap();
        let mut by_address = config(front.addr(), backend, &pki);
        by_address.url = format!("wss://{}/ws", front.addr());
        outcome(by_address).await.unwrap();
        let error = outcome(config(front.addr(), backend, &stranger)).await.unwrap_err();
        assert_eq!(error.code(), "tls_failed", "{backend:?}: {error}");
        let mut unknown = config(front.addr(), backend, &pki);
        unknown.tls.extra_roots.clear();
        let error = outcome(unknown).await.unwrap_err();
        assert_eq!(error.code(), "tls_failed", "{backend:?}: {error}");
        let bad =
            [pki.issue(&["elsewhere.test"]).unwrap(), pki.issue_expired(&["localhost"]).unwrap()];
        for certificate in bad {
            let front = TlsFront::start(server.addr(), &certificate).await.unwrap();
            let error = outcome(config(front.addr(), backend, &pki)).await.unwrap_err();
            assert_eq!(error.code(), "tls_failed", "{backend:?}: {error}");
            assert_eq!(front.counts().completed, 0, "{backend:?}");
        }
    }
}

#[tokio::test]
async fn either_version_of_tls_is_enough() {
    let server = ScriptedServer::start(honest).await.unwrap();
    let pki = TestPki::new().unwrap();
    let good = pki.issue(&["localhost"]).unwrap();
    for version in [TlsVersion::Tls12, TlsVersion::Tls13] {
        let front = TlsFront::start_with_only(version, server.addr(), &good).await.unwrap();
        for backend in backends() {
            let result = outcome(config(front.addr(), backend, &pki)).await;
            if cfg!(target_vendor = "apple") && (backend, version) == SECURE_TRANSPORT_LACKS {
                assert_eq!(result.unwrap_err().code(), "tls_failed");
            } else {
                result.unwrap_or_else(|error| panic!("{backend:?}, {version:?}: {error}"));
            }
        }
    }
}

#[tokio::test]
async fn a_pin_must_be_met_and_the_found_one_is_told() {
    let server = ScriptedServer::start(honest).await.unwrap();
    let pki = TestPki::new().unwrap();
    let (good, spare) = (pki.issue(&["localhost"]).unwrap(), pki.issue(&["localhost"]).unwrap());
    let front = TlsFront::start(server.addr(), &good).await.unwrap();
    for backend in backends() {
        let mut pinned = config(front.addr(), backend, &pki);
        pinned.tls.pins = vec![spare.pin().to_owned(), good.pin().to_owned()];
        outcome(pinned.clone()).await.unwrap();
        pinned.tls.pins.truncate(1);
        let error = outcome(pinned.clone()).await.unwrap_err();
        assert_eq!(error.code(), "pin_mismatch", "{error}");
        assert!(error.to_string().contains(good.pin()), "{error}");
        let DialError::PinMismatch { found } = error else { panic!("{error}") };
        assert_eq!(found, good.pin());
        // A pin is no way around the certificate's checks.
        pinned.tls.pins = vec![good.pin().to_owned()];
        pinned.tls.extra_roots.clear();
        assert_eq!(outcome(pinned).await.unwrap_err().code(), "tls_failed");
    }
}

#[tokio::test]
async fn what_is_no_tls_is_named() {
    let server = ScriptedServer::start(honest).await.unwrap();
    let pki = TestPki::new().unwrap();
    for backend in backends() {
        let proxy = FaultProxy::start(server.addr()).unwrap();
        // A server that answers in plaintext: here the client's own bytes.
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let echo = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let (mut read, mut write) = stream.split();
            let _ = tokio::io::copy(&mut read, &mut write).await;
        });
        let error = outcome(config(addr, backend, &pki)).await.unwrap_err();
        assert_eq!(error.code(), "tls_failed", "{backend:?}: {error}");
        echo.await.unwrap();
        proxy.refuse(true).await.unwrap();
        let error = outcome(config(proxy.addr(), backend, &pki)).await.unwrap_err();
        assert_eq!(error.code(), "connect_failed", "{backend:?}: {error}");
        assert!(error.to_string().contains(&proxy.addr().port().to_string()), "{error}");
    }
}

#[tokio::test]
async fn a_tls_handshake_that_stalls_ends_at_the_deadline() {
    let server = ScriptedServer::start(honest).await.unwrap();
    let pki = TestPki::new().unwrap();
    let good = pki.issue(&["localhost"]).unwrap();
    let front = TlsFront::start(server.addr(), &good).await.unwrap();
    for backend in backends() {
        let proxy = FaultProxy::start(front.addr()).unwrap();
        proxy.faults().stall(Direction::ToClient);
        let mut config = config(proxy.addr(), backend, &pki);
        config.dial_timeout = Duration::from_millis(200);
        assert_eq!(outcome(config).await.unwrap_err().code(), "dial_timeout");
    }
}

#[tokio::test]
async fn a_line_of_single_bytes_carries_tls_as_well() {
    let server = ScriptedServer::start(honest).await.unwrap();
    let pki = TestPki::new().unwrap();
    let good = pki.issue(&["localhost"]).unwrap();
    let front = TlsFront::start(server.addr(), &good).await.unwrap();
    for backend in backends() {
        let proxy = FaultProxy::start(front.addr()).unwrap();
        proxy.faults().split(Direction::Both, 1);
        outcome(config(proxy.addr(), backend, &pki)).await.unwrap();
    }
}

#[tokio::test]
async fn a_cut_is_survived_over_tls_as_well() {
    let server = ScriptedServer::start(|peer: Peer| async {
        let mut peer = admitted(peer).await?;
        let index = peer.index();
        peer.send_event("n", index).await?;
        crate::support::echo(peer).await
    });
    let server = server.await.unwrap();
    let pki = TestPki::new().unwrap();
    let good = pki.issue(&["localhost"]).unwrap();
    let front = TlsFront::start(server.addr(), &good).await.unwrap();
    for backend in backends() {
        let proxy = FaultProxy::start(front.addr()).unwrap();
        let mut config = config(proxy.addr(), backend, &pki);
        config.max_retries = 20;
        config.base_interval = Duration::from_millis(10);
        let (client, _events) = SignalClient::new(config).unwrap();
        timeout(HANG, client.connect()).await.unwrap().unwrap();
        let mut state = client.watch_state();
        for cut in [aldis_testkit::Cut::Fin, aldis_testkit::Cut::Reset] {
            let before = client.client_id();
            proxy.faults().cut(cut);
            let again = state.wait_for(|_| client.client_id().is_some_and(|id| Some(id) != before));
            timeout(HANG, again).await.unwrap().unwrap();
        }
        client.disconnect().await;
    }
}

/// A client whose host gives the trust anchors, in DER, and whose configuration names none.
fn anchored(
    addr: SocketAddr,
    backend: TlsBackend,
    pki: &TestPki,
    anchors: Result<Vec<Vec<u8>>, String>,
) -> Result<(SignalClient, SignalEvents), ConfigError> {
    let mut config = config(addr, backend, pki);
    config.tls.extra_roots.clear();
    SignalClient::builder(config).trust_anchors(|| anchors).build()
}

fn der(pki: &TestPki) -> Vec<u8> {
    CertificateDer::from_pem_slice(pki.ca_pem().as_bytes()).unwrap().to_vec()
}

#[tokio::test]
async fn the_host_may_give_the_trust_anchors() {
    let server = ScriptedServer::start(honest).await.unwrap();
    let (pki, stranger) = (TestPki::new().unwrap(), TestPki::new().unwrap());
    let front = TlsFront::start(server.addr(), &pki.issue(&["localhost"]).unwrap()).await.unwrap();
    for backend in backends() {
        // One that cannot be read keeps the others from nothing.
        let anchors = vec![b"not a certificate".to_vec(), der(&pki)];
        let client = anchored(front.addr(), backend, &pki, Ok(anchors)).unwrap();
        converse(client).await.unwrap();

        let client = anchored(front.addr(), backend, &pki, Ok(vec![der(&stranger)])).unwrap();
        let error = converse(client).await.unwrap_err();
        assert_eq!(error.code(), "tls_failed", "{backend:?}: {error}");

        // What the configuration names is trusted besides.
        let builder = SignalClient::builder(config(front.addr(), backend, &pki));
        let anchors = vec![der(&stranger)];
        converse(builder.trust_anchors(|| Ok(anchors)).build().unwrap()).await.unwrap();
    }
}

#[tokio::test]
async fn without_a_single_trust_anchor_there_is_no_client() {
    let pki = TestPki::new().unwrap();
    let nowhere = SocketAddr::from(([127, 0, 0, 1], 9));
    for backend in backends() {
        for anchors in [Ok(vec![]), Ok(vec![b"garbage".to_vec()]), Err("no store".to_owned())] {
            let error = anchored(nowhere, backend, &pki, anchors).unwrap_err();
            assert_eq!(error.field(), "tls.trust", "{backend:?}");
            assert!(error.rule().starts_with("no trust anchors: no"), "{error}");
        }
    }
}

#[tokio::test]
async fn trust_anchors_are_loaded_only_where_they_are_needed() {
    let config = SignalConfig::new("ws://localhost/ws");
    let refuse = || Err("nobody needs them".to_owned());
    assert!(SignalClient::builder(config).trust_anchors(refuse).build().is_ok());
}

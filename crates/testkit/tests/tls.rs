//! The certificates are what they claim to be, seen by a verifying client.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use aldis_testkit::{TestPki, TlsFront, TlsVersion};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ProtocolVersion, RootCertStore};

async fn dial(
    front: SocketAddr,
    pki: &TestPki,
    name: &str,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(pki.ca_file()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tcp = TcpStream::connect(front).await.unwrap();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let handshake = TlsConnector::from(Arc::new(config)).connect(name, tcp);
    time::timeout(Duration::from_secs(20), handshake).await.expect("done within 20 s")
}

#[tokio::test]
async fn the_right_name_is_accepted_and_the_bytes_pass() {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let pki = TestPki::new().unwrap();
    let certificate = pki.issue(&["localhost", "127.0.0.1"]).unwrap();
    let front = TlsFront::start(server.local_addr().unwrap(), &certificate).await.unwrap();
    for name in ["localhost", "127.0.0.1"] {
        let mut client = dial(front.addr(), &pki, name).await.unwrap();
        let (mut plain, _) = server.accept().await.unwrap();
        client.write_all(b"ping").await.unwrap();
        let mut ping = [0; 4];
        plain.read_exact(&mut ping).await.unwrap();
        assert_eq!(&ping, b"ping");
        plain.write_all(b"pong").await.unwrap();
        drop(plain);
        let mut all = Vec::new();
        client.read_to_end(&mut all).await.expect("an end by close_notify");
        assert_eq!(all, b"pong");
    }
    assert_eq!(front.counts().completed, 2);
}

#[tokio::test]
async fn a_front_of_one_version_speaks_that_one() {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let upstream = server.local_addr().unwrap();
    let pki = TestPki::new().unwrap();
    let certificate = pki.issue(&["localhost"]).unwrap();
    for (version, spoken) in [
        (TlsVersion::Tls12, ProtocolVersion::TLSv1_2),
        (TlsVersion::Tls13, ProtocolVersion::TLSv1_3),
    ] {
        let front = TlsFront::start_with_only(version, upstream, &certificate).await.unwrap();
        let client = dial(front.addr(), &pki, "localhost").await.unwrap();
        assert_eq!(client.get_ref().1.protocol_version(), Some(spoken));
    }
}

#[tokio::test]
async fn wrong_name_expired_and_unknown_authority_are_refused() {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let upstream = server.local_addr().unwrap();
    let (pki, unknown) = (TestPki::new().unwrap(), TestPki::new().unwrap());
    for (certificate, reason) in [
        (pki.issue(&["elsewhere.test"]), "not valid for name"),
        (pki.issue_expired(&["localhost"]), "expired"),
        (unknown.issue(&["localhost"]), "UnknownIssuer"),
    ] {
        let front = TlsFront::start(upstream, &certificate.unwrap()).await.unwrap();
        let error = dial(front.addr(), &pki, "localhost").await.unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
        front.wait_until(|counts| counts.failed == 1).await;
        assert_eq!(front.counts().completed, 0);
    }
}

#[tokio::test]
async fn the_pin_is_that_of_the_presented_key() {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let pki = TestPki::new().unwrap();
    let certificate = pki.issue(&["localhost"]).unwrap();
    let front = TlsFront::start(server.local_addr().unwrap(), &certificate).await.unwrap();
    let client = dial(front.addr(), &pki, "localhost").await.unwrap();
    let presented = client.get_ref().1.peer_certificates().unwrap()[0].clone();
    // The SubjectPublicKeyInfo of a P-256 key is 91 bytes, and starts like this.
    let spki_head = [0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    let at = presented.windows(spki_head.len()).position(|window| window == spki_head).unwrap();
    let pin = STANDARD.encode(Sha256::digest(&presented[at..at + 91]));
    assert_eq!(certificate.pin(), format!("sha256/{pin}"));
}

#[test]
fn the_files_hold_the_pem_and_go_with_the_authority() {
    let pki = TestPki::new().unwrap();
    let certificate = pki.issue(&["localhost"]).unwrap();
    let files =
        [pki.ca_file(), certificate.cert_file(), certificate.key_file()].map(ToOwned::to_owned);
    let pems = [pki.ca_pem(), certificate.cert_pem(), certificate.key_pem()];
    for (file, pem) in files.iter().zip(&pems) {
        assert_eq!(&fs::read_to_string(file).unwrap(), pem);
    }
    drop(pki);
    assert!(files.iter().all(|file| !file.exists()));
}

#[test]
fn a_name_that_is_none_is_refused() {
    let error = TestPki::new().unwrap().issue(&["grüße.test"]).unwrap_err();
    assert_eq!(error.code(), "certificate");
}

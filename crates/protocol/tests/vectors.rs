//! Known answers: a conversation recorded with a real IGNIS server, and the published vectors of
//! the primitives under it.
#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Instant;

use aldis_protocol::cipher::{EncryptedFrame, OpenError, SessionCipher};
use aldis_protocol::client::{ClientConfig, Event as ClientEvent};
use aldis_protocol::handshake::{
    KeyPair, PublicKey, SALT_BYTES, Salt, SessionKey, salt_from_base64,
};
use aldis_protocol::server::{Acceptance, Event as ServerEvent, ServerConfig};
use aldis_protocol::{
    ClientSession, CloseCode, Inbound, Message, Outgoing, ServerSession, Transmit,
};
use hkdf::Hkdf;
use rand_core::{TryCryptoRng, TryRng};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recording {
    client_private_key_hex: String,
    client_public_key_b64: String,
    server_public_key_b64: String,
    salt_b64: String,
    info: String,
    shared_secret_hex: String,
    aes_key_hex: String,
    client_frame: Frame,
    client_plaintext: String,
    server_frame: Frame,
    server_plaintext: String,
    frames: Vec<Recorded>,
}

#[derive(Deserialize)]
struct Frame {
    iv: String,
    ct: String,
}

#[derive(Deserialize)]
struct Recorded {
    dir: String,
    text: String,
}

impl Recording {
    fn load() -> Self {
        serde_json::from_str(include_str!("../../../tests/vectors/handshake.json")).unwrap()
    }

    fn secret(&self) -> [u8; 32] {
        bytes(&self.client_private_key_hex)
    }

    fn key(&self) -> SessionKey {
        SessionKey::from_bytes(bytes(&self.aes_key_hex))
    }

    fn salt(&self) -> Salt {
        salt_from_base64(&self.salt_b64).unwrap()
    }

    fn server_public(&self) -> PublicKey {
        PublicKey::from_base64(&self.server_public_key_b64).unwrap()
    }

    /// The texts of one direction, in order.
    fn texts(&self, dir: &str) -> Vec<&str> {
        let frames = self.frames.iter().filter(|frame| frame.dir == dir);
        frames.map(|frame| frame.text.as_str()).collect()
    }
}

fn hex(text: &str) -> Vec<u8> {
    assert!(text.len().is_multiple_of(2));
    let digits = (0..text.len()).step_by(2);
    digits.map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn bytes<const N: usize>(text: &str) -> [u8; N] {
    hex(text).try_into().unwrap()
}

/// A published file of vectors.
fn vectors(json: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(json).unwrap();
    let vectors = file["vectors"].as_array().unwrap().clone();
    assert!(!vectors.is_empty());
    vectors
}

fn field<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name].as_str().unwrap()
}

/// Yields the given bytes and then nothing.
struct GivenBytes(VecDeque<u8>);

impl GivenBytes {
    /// What a generator must have said for `secret` to come out; the prefix of the vectors follows.
    fn for_client(secret: [u8; 32], iv_prefix: [u8; 8]) -> Self {
        Self(secret.into_iter().chain(iv_prefix).collect())
    }
}

impl TryRng for GivenBytes {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        rand_core::utils::next_word_via_fill(self)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        rand_core::utils::next_word_via_fill(self)
    }

    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Infallible> {
        for byte in dst {
            *byte = self.0.pop_front().unwrap();
        }
        Ok(())
    }
}

impl TryCryptoRng for GivenBytes {}

#[test]
fn the_recorded_key_is_derived() {
    let recording = Recording::load();
    let client = KeyPair::from_secret_bytes(&recording.secret()).unwrap();
    assert_eq!(client.public_key().to_base64(), recording.client_public_key_b64);
    let key = client.agree(&recording.server_public(), &recording.salt(), &recording.info);
    assert_eq!(*key.expose_bytes(), bytes::<32>(&recording.aes_key_hex));
    let shared = hex(&recording.shared_secret_hex);
    assert_eq!(*key.expose_bytes(), session_key(&shared, &recording.salt(), &recording.info));
}

#[test]
fn both_recorded_frames_open() {
    let recording = Recording::load();
    for (frame, text, plaintext) in [
        (&recording.client_frame, recording.texts("out")[1], &recording.client_plaintext),
        (&recording.server_frame, recording.texts("in")[1], &recording.server_plaintext),
    ] {
        let parsed = EncryptedFrame::parse(text).unwrap();
        assert_eq!((&*parsed.iv, &*parsed.ct), (&*frame.iv, &*frame.ct));
        let mut cipher = SessionCipher::new(&recording.key(), [0; 8], 10);
        assert_eq!(cipher.open(&parsed).as_deref(), Ok(plaintext.as_bytes()));
    }
}

#[test]
fn a_client_lives_through_the_recording() {
    let recording = Recording::load();
    let (sent, received) = (recording.texts("out"), recording.texts("in"));
    let now = Instant::now();
    let mut rng = GivenBytes::for_client(recording.secret(), *b"a client");
    let config = Arc::new(ClientConfig::default());
    let mut client = ClientSession::new(config, "good-kat", Vec::new(), &mut rng, now).unwrap();
    assert_eq!(client.poll_transmit(), Some(Transmit::Text(sent[0].to_owned())));

    client.handle_frame(Inbound::Text(received[0]), now);
    let Some(ClientEvent::Authenticated(welcome)) = client.poll_event() else {
        panic!("not authenticated")
    };
    assert_eq!(welcome.client_id, "47107eea-988c-4eba-a142-7c793f1e3c0a");
    assert_eq!(welcome.user_id.as_deref(), Some("kat"));
    assert_eq!(welcome.time.as_deref(), Some("2026-11-21T08:46:50.869Z"));
    assert!(welcome.encrypted);

    client.handle_frame(Inbound::Text(received[1]), now);
    let Some(ClientEvent::Message(message)) = client.poll_event() else { panic!("not delivered") };
    let recorded = Message::parse(recording.server_plaintext.clone()).unwrap();
    assert_eq!(message, recorded);

    let data = RawValue::from_string(recorded.data().to_owned()).unwrap();
    client.send(Outgoing::new("echo", &data, None).unwrap()).unwrap();
    let Some(Transmit::Text(text)) = client.poll_transmit() else { panic!("nothing sent") };
    let mut reader = SessionCipher::new(&recording.key(), [0; 8], 10);
    let opened = reader.open(&EncryptedFrame::parse(&text).unwrap());
    assert_eq!(
        opened.as_deref(),
        Ok(recording.client_plaintext.as_bytes()),
        "the same message has the same plaintext, byte for byte"
    );
    assert!(client.poll_transmit().is_none() && client.poll_event().is_none());
}

/// The server's secret key is not on record, so its part is played with another key: all that
/// does not depend on it must come out as recorded.
#[test]
fn a_server_answers_the_recorded_client() {
    let recording = Recording::load();
    let (sent, received) = (recording.texts("out"), recording.texts("in"));
    let now = Instant::now();
    let mut server = ServerSession::new(Arc::new(ServerConfig::default()), now);
    server.handle_frame(Inbound::Text(sent[0]), now);
    let Some(ServerEvent::Authenticate { token }) = server.poll_event() else { panic!("no token") };
    assert_eq!(token.as_str(), "good-kat");

    let keys = KeyPair::from_secret_bytes(&[7; 32]).unwrap();
    let acceptance = Acceptance {
        client_id: "47107eea-988c-4eba-a142-7c793f1e3c0a",
        user_id: Some("kat"),
        time: "2026-11-21T08:46:50.869Z",
        keys: &keys,
        salt: recording.salt(),
        iv_prefix: *b"a server",
    };
    assert!(server.accept(&acceptance, now));
    let own_key = keys.public_key().to_base64();
    let connected = received[0].replace(&recording.server_public_key_b64, &own_key);
    assert_eq!(server.poll_transmit(), Some(Transmit::Text(connected)));

    let client = KeyPair::from_secret_bytes(&recording.secret()).unwrap();
    let key = client.agree(keys.public_key(), &recording.salt(), &recording.info);
    let mut client = SessionCipher::new(&key, *b"a client", 10);
    let plaintext = recording.client_plaintext.clone();
    let text = client.seal_in_place(plaintext.clone().into_bytes()).unwrap();
    server.handle_frame(Inbound::Text(&text), now);
    let Some(ServerEvent::Message(message)) = server.poll_event() else { panic!("not delivered") };
    assert_eq!(message, Message::parse(plaintext).unwrap());

    let plaintext = recording.server_plaintext.as_bytes();
    let text = server.seal(plaintext, &mut Vec::new()).unwrap().unwrap();
    let opened = client.open(&EncryptedFrame::parse(&text).unwrap());
    assert_eq!(opened.as_deref(), Ok(plaintext));

    // The recorded message belongs to the recorded keys.
    server.handle_frame(Inbound::Text(sent[1]), now);
    assert!(matches!(server.poll_event(), Some(ServerEvent::Ended(CloseCode::POLICY_VIOLATION))));
}

/// HMAC-SHA-256 by its definition in RFC 2104, to have something to compare with.
fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut block = [0; 64];
    if key.len() > block.len() {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let mut inner = Sha256::new_with_prefix(block.map(|byte| byte ^ 0x36));
    for part in parts {
        inner.update(part);
    }
    let outer = Sha256::new_with_prefix(block.map(|byte| byte ^ 0x5c));
    outer.chain_update(inner.finalize()).finalize().into()
}

/// HKDF-SHA-256 by its definition in RFC 5869.
fn hkdf(salt: &[u8], ikm: &[u8], info: &[u8], len: usize) -> (Vec<u8>, Vec<u8>) {
    let prk = hmac(salt, &[ikm]);
    let (mut okm, mut block): (_, Vec<u8>) = (Vec::new(), Vec::new());
    for counter in 1..=len.div_ceil(32) {
        block = hmac(&prk, &[&block, info, &[u8::try_from(counter).unwrap()]]).into();
        okm.extend_from_slice(&block);
    }
    okm.truncate(len);
    (prk.into(), okm)
}

/// The session key as PROTOCOL version 1 defines it, without the crate under test.
fn session_key(shared: &[u8], salt: &Salt, info: &str) -> [u8; 32] {
    let (_, key) = hkdf(salt, shared, info.as_bytes(), 32);
    key.try_into().unwrap()
}

#[test]
fn hkdf_agrees_with_rfc_5869() {
    for vector in vectors(include_str!("../../../tests/vectors/hkdf_sha256_rfc5869.json")) {
        let [ikm, salt, info] = ["ikm", "salt", "info"].map(|name| hex(field(&vector, name)));
        let (prk, okm) = (hex(field(&vector, "prk")), hex(field(&vector, "okm")));
        assert_eq!(hkdf(&salt, &ikm, &info, okm.len()), (prk.clone(), okm.clone()));
        let (extracted, expander) = Hkdf::<Sha256>::extract(Some(&salt), &ikm);
        assert_eq!(extracted.as_slice(), prk);
        let mut output = vec![0; okm.len()];
        expander.expand(&info, &mut output).unwrap();
        assert_eq!(output, okm);
    }
}

#[test]
fn gcm_agrees_with_nist() {
    let (mut opened, mut refused) = (0, 0);
    for vector in vectors(include_str!("../../../tests/vectors/aes_256_gcm_nist.json")) {
        let key = SessionKey::from_bytes(bytes(field(&vector, "key")));
        let ciphertext_and_tag = [field(&vector, "ciphertext"), field(&vector, "tag")].concat();
        let frame = EncryptedFrame {
            iv: base64(&hex(field(&vector, "iv"))).into(),
            ct: base64(&hex(&ciphertext_and_tag)).into(),
        };
        let result = SessionCipher::new(&key, [0; 8], 10).open(&frame);
        if let Some(plaintext) = vector["plaintext"].as_str() {
            assert_eq!(result, Ok(hex(plaintext)), "{vector}");
            opened += 1;
        } else {
            assert_eq!(result, Err(OpenError::Undecryptable), "{vector}");
            refused += 1;
        }
    }
    assert!(opened >= 12 && refused >= 6);
}

fn base64(bytes: &[u8]) -> String {
    base64_simd::STANDARD.encode_to_string(bytes)
}

#[test]
fn key_agreement_agrees_with_nist() {
    let salt = [0x5a; SALT_BYTES];
    for vector in vectors(include_str!("../../../tests/vectors/ecdh_p256_nist.json")) {
        let keys = KeyPair::from_secret_bytes(&bytes(field(&vector, "secret"))).unwrap();
        assert_eq!(keys.public_key().to_bytes(), bytes::<65>(field(&vector, "public")), "{vector}");
        let peer = PublicKey::from_bytes(&bytes(field(&vector, "peer"))).unwrap();
        let shared = hex(field(&vector, "shared"));
        for info in ["nx-signal-e2e", ""] {
            assert_eq!(
                *keys.agree(&peer, &salt, info).expose_bytes(),
                session_key(&shared, &salt, info),
                "{vector}"
            );
        }
    }
}

#[test]
fn points_off_the_curve_are_refused() {
    let file: Value =
        serde_json::from_str(include_str!("../../../tests/vectors/ecdh_p256_nist.json")).unwrap();
    let invalid = file["invalid"].as_array().unwrap();
    assert!(!invalid.is_empty());
    for vector in invalid {
        assert!(PublicKey::from_bytes(&bytes(field(vector, "peer"))).is_err(), "{vector}");
    }
    let valid = Recording::load().server_public().to_bytes();
    for tag in (0..=u8::MAX).filter(|tag| *tag != 4) {
        let mut point = valid;
        point[0] = tag;
        assert!(PublicKey::from_bytes(&point).is_err(), "tag {tag}");
    }
    assert!(PublicKey::from_bytes(&[0; 65]).is_err());
    let order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    assert!(KeyPair::from_secret_bytes(&bytes(order)).is_err());
    assert!(KeyPair::from_secret_bytes(&[0; 32]).is_err());
}

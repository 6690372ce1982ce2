//! Keys and frames.

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hkdf::Hkdf;
use p256::SecretKey;
use p256::elliptic_curve::Generate;
use p256::elliptic_curve::sec1::ToSec1Point;
use serde_json::Value;
use sha2::Sha256;

use super::seen_ivs::SeenIvs;
use crate::Failure;

const INFO: &[u8] = b"nx-signal-e2e";
const PREFIX_BYTES: usize = 8;

/// What makes the same key encrypt differently each time.
pub(super) type Iv = [u8; 12];

/// The key exchange of one connection: ECDH on P-256, then HKDF-SHA-256.
pub(super) struct Handshake {
    secret: SecretKey,
}

impl Handshake {
    pub(super) fn new() -> Self {
        Self { secret: SecretKey::generate() }
    }

    /// Our public key, an uncompressed point in base64.
    pub(super) fn public_key(&self) -> String {
        STANDARD.encode(self.secret.public_key().to_sec1_point(false))
    }

    /// What the server has sent, `serverPublicKey` and `salt`, gives the keys of both directions.
    pub(super) fn finish(&self, connected: &Value) -> Result<(Sealer, Opener), Failure> {
        let decode = |field| -> Result<_, Failure> {
            let text = connected[field].as_str().ok_or("the server has sent no key")?;
            Ok(STANDARD.decode(text)?)
        };
        let server_key = p256::PublicKey::from_sec1_bytes(&decode("serverPublicKey")?)?;
        let shared = self.secret.diffie_hellman(&server_key);
        let mut key = [0; 32];
        Hkdf::<Sha256>::new(Some(&decode("salt")?), shared.raw_secret_bytes())
            .expand(INFO, &mut key)
            .map_err(|error| error.to_string())?;
        let cipher = Aes256Gcm::new(&key.into());
        let prefix = rand::random();
        let opener =
            Opener { cipher: cipher.clone(), own_prefix: prefix, seen: SeenIvs::default() };
        Ok((Sealer { cipher, prefix, next: 0 }, opener))
    }
}

/// Encrypts what is sent.
pub(super) struct Sealer {
    cipher: Aes256Gcm,
    /// What all our IVs begin with.
    prefix: [u8; PREFIX_BYTES],
    next: u32,
}

impl Sealer {
    /// Makes the text of a frame. Base64 needs no escaping, so no JSON writer is needed either.
    pub(super) fn seal(&mut self, mut plaintext: Vec<u8>) -> Result<String, Failure> {
        let mut iv = Iv::default();
        iv[..PREFIX_BYTES].copy_from_slice(&self.prefix);
        iv[PREFIX_BYTES..].copy_from_slice(&self.next.to_be_bytes());
        self.next = self.next.checked_add(1).ok_or("the IVs are used up")?;
        self.cipher.encrypt_in_place(&iv.into(), b"", &mut plaintext).map_err(|_| "too long")?;
        let (iv, ct) = (STANDARD.encode(iv), STANDARD.encode(plaintext));
        Ok(format!(r#"{{"event":"encrypted","data":{{"iv":"{iv}","ct":"{ct}"}}}}"#))
    }
}

/// Decrypts what is received.
pub(super) struct Opener {
    cipher: Aes256Gcm,
    own_prefix: [u8; PREFIX_BYTES],
    seen: SeenIvs,
}

impl Opener {
    /// The message in a frame; `None` if the frame has to be dropped: it is not authentic, not
    /// encrypted, one of our own, or came before.
    pub(super) fn open(&mut self, frame: &str) -> Option<Value> {
        let frame: Value = serde_json::from_str(frame).ok()?;
        if frame["event"] != "encrypted" {
            return None;
        }
        let data = &frame["data"];
        let iv: Iv = STANDARD.decode(data["iv"].as_str()?).ok()?.try_into().ok()?;
        if iv[..PREFIX_BYTES] == self.own_prefix {
            return None;
        }
        let mut text = STANDARD.decode(data["ct"].as_str()?).ok()?;
        self.cipher.decrypt_in_place(&iv.into(), b"", &mut text).ok()?;
        // Only authentic frames are remembered: otherwise anybody could fill the memory.
        if !self.seen.add(iv) {
            return None;
        }
        serde_json::from_slice(&text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn frames_open_once_and_only_at_the_other_end() {
        let (alice, bob) = (Handshake::new(), Handshake::new());
        let salt = STANDARD.encode([7; 32]);
        let connected =
            |peer: &Handshake| json!({ "serverPublicKey": peer.public_key(), "salt": salt });
        let (mut sealer, mut own) = alice.finish(&connected(&bob)).unwrap();
        let (_, mut opener) = bob.finish(&connected(&alice)).unwrap();
        let first = sealer.seal(br#"{"event":"e"}"#.to_vec()).unwrap();
        let second = sealer.seal(br#"{"event":"f"}"#.to_vec()).unwrap();
        assert_eq!(own.open(&first), None);
        assert_eq!(opener.open(&first), Some(json!({ "event": "e" })));
        assert_eq!(opener.open(&first), None);
        assert_eq!(opener.open(&second.replace("\"ct\":\"", "\"ct\":\"AAAA")), None);
        assert_eq!(opener.open(&second), Some(json!({ "event": "f" })));
        assert_eq!(opener.open(r#"{"event":"e"}"#), None);
    }
}

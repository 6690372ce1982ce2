//! The server's side of the handshake, in the steps that a script wants to disturb.

use std::fmt;
use std::sync::Arc;

use aldis_protocol::cipher::{EncryptedFrame, SessionCipher};
use aldis_protocol::handshake::{HandshakeError, INFO_NX_SIGNAL, KeyPair, PublicKey, Salt};
use aldis_protocol::limits::MAX_SEEN_IVS;
use aldis_protocol::{KEY_FIELD_IGNIS, KEY_FIELD_NX_SIGNAL, Message};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::{Value, json};

use super::ScriptError;

/// What a client sends to authenticate.
#[derive(Clone, PartialEq, Eq)]
pub struct Authenticate {
    /// The bearer token.
    pub token: String,
    /// The client's public key in Base64, from the field `clientPublicKey` or `publicKey`.
    pub public_key: Option<String>,
}

impl Authenticate {
    pub(super) fn parse(message: &Message) -> Option<Self> {
        let data: Value = message.decode().ok()?;
        let text = |field: &str| Some(data.get(field)?.as_str()?.to_owned());
        Some(Self {
            token: text("token")?,
            public_key: text(KEY_FIELD_NX_SIGNAL).or_else(|| text(KEY_FIELD_IGNIS)),
        })
    }
}

/// Without the token.
impl fmt::Debug for Authenticate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticate").field("public_key", &self.public_key).finish_non_exhaustive()
    }
}

/// What a script answers to a client that it lets in. The default is a fresh server key, the
/// `info` of nx-signal and an id named after the connection.
#[derive(Debug, Clone, Default)]
pub struct Acceptance {
    client_id: Option<String>,
    user_id: Option<String>,
    info: Option<String>,
    keys: Option<Arc<KeyPair>>,
}

impl Acceptance {
    /// The default.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the id that the client gets.
    #[must_use]
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        self.client_id = Some(id.into());
        self
    }

    /// Sets the user that the token stands for.
    #[must_use]
    pub fn user_id(mut self, id: impl Into<String>) -> Self {
        self.user_id = Some(id.into());
        self
    }

    /// Sets the HKDF `info`.
    #[must_use]
    pub fn info(mut self, info: impl Into<String>) -> Self {
        self.info = Some(info.into());
        self
    }

    /// Sets the server's keys, where they are static.
    #[must_use]
    pub fn keys(mut self, keys: Arc<KeyPair>) -> Self {
        self.keys = Some(keys);
        self
    }

    /// Agrees on a session key, and writes the `connected` that tells the client how.
    pub(super) fn agree(
        &self,
        index: usize,
        authenticate: &Authenticate,
    ) -> Result<(SessionCipher, String), ScriptError> {
        let key = authenticate.public_key.as_deref().ok_or(HandshakeError::InvalidPublicKey)?;
        let client = PublicKey::from_base64(key)?;
        let keys =
            self.keys.clone().unwrap_or_else(|| Arc::new(KeyPair::generate(&mut rand::rng())));
        let salt: Salt = rand::random();
        let info = self.info.as_deref().unwrap_or(INFO_NX_SIGNAL);
        let key = keys.agree(&client, &salt, info);
        let mut data = json!({
            "id": self.client_id.clone().unwrap_or_else(|| format!("client-{index}")),
            "time": "2026-01-01T00:00:00.000Z",
            "serverPublicKey": keys.public_key().to_base64(),
            "salt": STANDARD.encode(salt),
        });
        if let Some(user) = &self.user_id {
            data["userId"] = json!(user);
        }
        let cipher = SessionCipher::new(&key, rand::random(), MAX_SEEN_IVS);
        Ok((cipher, message_text("connected", data, None)?))
    }
}

/// The text of a message as it stands on the wire in plaintext, and within an encrypted frame.
pub(super) fn message_text(
    event: &str,
    data: impl Serialize,
    id: Option<&str>,
) -> Result<String, ScriptError> {
    #[derive(Serialize)]
    struct Text<'a, T> {
        event: &'a str,
        data: T,
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
    }
    serde_json::to_string(&Text { event, data, id }).map_err(ScriptError::Data)
}

/// A copy of the text of an encrypted frame with one bit of its ciphertext flipped, which its
/// tag gives away. `None` if the text is no such frame.
///
/// ```
/// let sealed = r#"{"event":"encrypted","data":{"iv":"AAAAAAAAAAAAAAAA","ct":"AAAA"}}"#;
/// let tampered = aldis_testkit::tampered(sealed).unwrap();
/// assert_eq!(tampered, sealed.replace(r#""AAAA""#, r#""AQAA""#));
/// ```
#[must_use]
pub fn tampered(frame: &str) -> Option<String> {
    #[derive(Serialize)]
    struct Sealed<'a> {
        iv: &'a str,
        ct: String,
    }
    let frame = EncryptedFrame::parse(frame)?;
    let mut bytes = STANDARD.decode(&*frame.ct).ok()?;
    *bytes.first_mut()? ^= 1;
    let sealed = Sealed { iv: &frame.iv, ct: STANDARD.encode(bytes) };
    message_text("encrypted", sealed, None).ok()
}

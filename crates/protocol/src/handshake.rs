//! ECDH over P-256, and the session key that comes of it by HKDF-SHA-256.

use std::fmt;

use hkdf::Hkdf;
use p256::elliptic_curve::Generate;
use p256::elliptic_curve::sec1::ToSec1Point;
use rand_core::CryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::base64;

/// Length of an uncompressed P-256 point, in bytes.
pub const PUBLIC_KEY_BYTES: usize = 65;

/// Length of the salt that the server chooses, in bytes.
pub const SALT_BYTES: usize = 32;

/// HKDF `info` of nx-signal deployments, the default of Aldis.
pub const INFO_NX_SIGNAL: &str = "nx-signal-e2e";

/// HKDF `info` that the IGNIS package uses where the application chooses none.
pub const INFO_IGNIS: &str = "ignis-ecdh-p256-aes-256-gcm-v1";

/// Salt of one session, chosen by the server.
pub type Salt = [u8; SALT_BYTES];

/// A P-256 key pair. The secret half is wiped from memory on drop and never shown.
pub struct KeyPair {
    secret: p256::SecretKey,
    public: PublicKey,
}

impl KeyPair {
    /// Draws a new pair. A client draws one for every connection.
    ///
    /// # Panics
    ///
    /// If the generator is broken and gives nothing but zeros.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self::from_secret(p256::SecretKey::generate_from_rng(rng))
    }

    /// Takes the secret scalar, big-endian, as in test vectors or for a server's static key.
    pub fn from_secret_bytes(bytes: &[u8; 32]) -> Result<Self, HandshakeError> {
        p256::SecretKey::from_slice(bytes)
            .map(Self::from_secret)
            .map_err(|_| HandshakeError::InvalidSecretKey)
    }

    fn from_secret(secret: p256::SecretKey) -> Self {
        let public = PublicKey(secret.public_key());
        Self { secret, public }
    }

    /// The half to send to the peer.
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// The session key that both ends arrive at: HKDF-SHA-256 over the x coordinate of the
    /// shared point, with `salt` and `info`.
    pub fn agree(&self, peer: &PublicKey, salt: &Salt, info: &str) -> SessionKey {
        let shared = self.secret.diffie_hellman(&peer.0);
        let hkdf = Hkdf::<Sha256>::new(Some(salt), shared.raw_secret_bytes());
        let mut key = Zeroizing::new([0; 32]);
        #[expect(clippy::expect_used, reason = "HKDF-SHA-256 gives up to 8,160 bytes")]
        hkdf.expand(info.as_bytes(), key.as_mut()).expect("32 bytes are allowed");
        SessionKey(key)
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyPair").field("public", &self.public).finish_non_exhaustive()
    }
}

/// A point on P-256, checked to be on the curve and not the identity.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(p256::PublicKey);

impl PublicKey {
    /// Checks 65 bytes in uncompressed SEC 1 form.
    pub fn from_bytes(bytes: &[u8; PUBLIC_KEY_BYTES]) -> Result<Self, HandshakeError> {
        p256::PublicKey::from_sec1_bytes(bytes)
            .map(Self)
            .map_err(|_| HandshakeError::InvalidPublicKey)
    }

    /// Checks the base64 form of the wire.
    pub fn from_base64(text: &str) -> Result<Self, HandshakeError> {
        let bytes = base64::decode_array(text).map_err(|_| HandshakeError::InvalidPublicKey)?;
        Self::from_bytes(&bytes)
    }

    /// The uncompressed SEC 1 form.
    pub fn to_bytes(&self) -> [u8; PUBLIC_KEY_BYTES] {
        let point = self.0.to_sec1_point(false);
        let mut bytes = [0; PUBLIC_KEY_BYTES];
        bytes.copy_from_slice(point.as_bytes());
        bytes
    }

    /// The base64 form of the wire.
    pub fn to_base64(&self) -> String {
        base64::encode(&self.to_bytes())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.to_base64())
    }
}

/// The AES-256 key of one session. Wiped from memory on drop and never shown.
#[derive(Clone)]
pub struct SessionKey(Zeroizing<[u8; 32]>);

impl SessionKey {
    /// Takes key bytes, as in test vectors.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The key itself. Handle with care: whoever holds it reads the session.
    pub fn expose_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey(…)")
    }
}

/// Why a key of the handshake cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HandshakeError {
    /// Not base64 of 65 bytes, not uncompressed, or not a point on the curve.
    #[error("not a P-256 public key: padded base64 of a 65-byte uncompressed point is needed")]
    InvalidPublicKey,
    /// Zero, or not below the order of the curve.
    #[error("not a P-256 secret key: 32 bytes, above zero and below the order, are needed")]
    InvalidSecretKey,
    /// Not base64 of 32 bytes.
    #[error("not a salt: padded base64 of 32 bytes is needed")]
    InvalidSalt,
}

impl HandshakeError {
    /// A stable name of the error for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidPublicKey => "invalid_public_key",
            Self::InvalidSecretKey => "invalid_secret_key",
            Self::InvalidSalt => "invalid_salt",
        }
    }
}

/// Reads a salt in the base64 form of the wire.
pub fn salt_from_base64(text: &str) -> Result<Salt, HandshakeError> {
    base64::decode_array(text).map_err(|_| HandshakeError::InvalidSalt)
}

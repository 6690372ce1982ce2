//! ECDH over P-256, and the session key that comes of it by HKDF-SHA-256.

use std::fmt;

use hkdf::Hkdf;
use rand_core::CryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::base64;
use crate::primitives::{self, POINT_BYTES, Point, Scalar};

/// Length of an uncompressed P-256 point, in bytes.
pub const PUBLIC_KEY_BYTES: usize = POINT_BYTES;

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
    secret: Scalar,
    public: PublicKey,
}

/// A draw gives no scalar once in four thousand million times.
const MAX_DRAWS: usize = 64;

impl KeyPair {
    /// Draws a new pair. A client draws one for every connection.
    ///
    /// # Panics
    ///
    /// If the generator is broken and gives nothing but zeros.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let drawn = (0..MAX_DRAWS).find_map(|_| {
            let mut number = Zeroizing::new([0; 32]);
            rng.fill_bytes(number.as_mut());
            Scalar::new(&number)
        });
        #[expect(clippy::expect_used, reason = "with such a generator no key is a secret")]
        Self::from_secret(drawn.expect("the random numbers are random"))
    }

    /// Takes the secret scalar, big-endian, as in test vectors or for a server's static key.
    pub fn from_secret_bytes(bytes: &[u8; 32]) -> Result<Self, HandshakeError> {
        Scalar::new(bytes).map(Self::from_secret).ok_or(HandshakeError::InvalidSecretKey)
    }

    fn from_secret(secret: Scalar) -> Self {
        let public = PublicKey(secret.point());
        Self { secret, public }
    }

    /// The half to send to the peer.
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// The session key that both ends arrive at: HKDF-SHA-256 over the x coordinate of the
    /// shared point, with `salt` and `info`.
    pub fn agree(&self, peer: &PublicKey, salt: &Salt, info: &str) -> SessionKey {
        #[expect(clippy::expect_used, reason = "a `PublicKey` is a point of the curve")]
        let shared = self.secret.shared_x(&peer.0).expect("the curve's points agree");
        let hkdf = Hkdf::<Sha256>::new(Some(salt), shared.as_ref());
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
pub struct PublicKey(Point);

impl PublicKey {
    /// Checks 65 bytes in uncompressed SEC 1 form.
    pub fn from_bytes(bytes: &[u8; PUBLIC_KEY_BYTES]) -> Result<Self, HandshakeError> {
        let is_point = primitives::is_on_curve(bytes);
        is_point.then_some(Self(*bytes)).ok_or(HandshakeError::InvalidPublicKey)
    }

    /// Checks the base64 form of the wire.
    pub fn from_base64(text: &str) -> Result<Self, HandshakeError> {
        let bytes = base64::decode_array(text).map_err(|_| HandshakeError::InvalidPublicKey)?;
        Self::from_bytes(&bytes)
    }

    /// The uncompressed SEC 1 form.
    pub fn to_bytes(&self) -> [u8; PUBLIC_KEY_BYTES] {
        self.0
    }

    /// The base64 form of the wire.
    pub fn to_base64(&self) -> String {
        base64::encode(&self.0)
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

//! JSON Web Tokens.

use std::fmt;
use std::time::Duration;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;

use super::{Authenticator, Rejection, User, jwt_crypto};

/// Fewest bytes of an HS256 secret: the length of the hash, as RFC 7518, 3.2 demands.
const MIN_SECRET_BYTES: usize = 32;

/// Accepts JSON Web Tokens of one key: HS256 or RS256.
///
/// `exp` and a `sub` of text are required, and `sub` becomes the user's id. `nbf` is respected
/// where it is there. A token with an `aud` is refused unless [`audience`](Self::audience) names
/// it. Clocks may differ by a minute. All claims are kept in [`User::claims`].
#[derive(Clone)]
pub struct Jwt {
    key: DecodingKey,
    validation: Validation,
}

impl Jwt {
    /// Tokens signed with HMAC-SHA-256 and this secret, of 32 bytes or more.
    pub fn hs256(secret: &[u8]) -> Result<Self, JwtKeyError> {
        if secret.len() < MIN_SECRET_BYTES {
            return Err(JwtKeyError::SecretTooShort { bytes: secret.len() });
        }
        Ok(Self::new(DecodingKey::from_secret(secret), Algorithm::HS256))
    }

    /// Tokens signed with RSA PKCS#1 v1.5 and SHA-256, by the public key in this PEM text
    /// (`PUBLIC KEY` or `RSA PUBLIC KEY`), of 2,048 bits or more.
    pub fn rs256_pem(pem: &[u8]) -> Result<Self, JwtKeyError> {
        let key = DecodingKey::from_rsa_pem(pem).map_err(|_| JwtKeyError::InvalidPem)?;
        Ok(Self::new(key, Algorithm::RS256))
    }

    fn new(key: DecodingKey, algorithm: Algorithm) -> Self {
        jwt_crypto::install();
        let mut validation = Validation::new(algorithm);
        validation.validate_nbf = true;
        validation.required_spec_claims.insert("sub".to_owned());
        Self { key, validation }
    }

    /// Demands that `iss` is this.
    #[must_use]
    pub fn issuer(mut self, issuer: &str) -> Self {
        self.validation.set_issuer(&[issuer]);
        self.validation.required_spec_claims.insert("iss".to_owned());
        self
    }

    /// Demands that `aud` is or contains this.
    #[must_use]
    pub fn audience(mut self, audience: &str) -> Self {
        self.validation.set_audience(&[audience]);
        self.validation.required_spec_claims.insert("aud".to_owned());
        self
    }

    /// How far the clocks may differ, in whole seconds; a minute by default.
    #[must_use]
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.validation.leeway = leeway.as_secs();
        self
    }
}

impl Authenticator for Jwt {
    async fn authenticate(&self, token: &str) -> Result<User, Rejection> {
        let decoded = jsonwebtoken::decode::<Value>(token, &self.key, &self.validation);
        let claims = decoded.map_err(|error| reason(error.kind()))?.claims;
        let user = claims.get("sub").and_then(Value::as_str).map(User::new);
        match user {
            Some(user) => Ok(user.with_claims(claims)),
            None => Err(Rejection::refused("`sub` is not a text")),
        }
    }
}

/// The reason for the log. Not the error's own words: they may quote the token.
fn reason(kind: &ErrorKind) -> Rejection {
    Rejection::refused(match kind {
        ErrorKind::ExpiredSignature => "the JWT has expired",
        ErrorKind::ImmatureSignature => "the JWT is not valid yet",
        ErrorKind::InvalidSignature => "the signature of the JWT is wrong",
        ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName => {
            "the algorithm of the JWT is not the configured one"
        }
        ErrorKind::InvalidIssuer => "the issuer of the JWT is another",
        ErrorKind::InvalidAudience => "the audience of the JWT is another",
        ErrorKind::MissingRequiredClaim(_) => {
            "the JWT lacks one of the claims exp, sub, and iss or aud where configured"
        }
        _ => "the token is not a JWT",
    })
}

impl fmt::Debug for Jwt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jwt")
            .field("algorithms", &self.validation.algorithms)
            .field("iss", &self.validation.iss)
            .field("aud", &self.validation.aud)
            .finish_non_exhaustive()
    }
}

/// Why a key cannot check tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwtKeyError {
    /// The secret can be guessed.
    #[error("the HS256 secret has {bytes} bytes; at least {MIN_SECRET_BYTES} are needed")]
    SecretTooShort {
        /// Length of the refused secret.
        bytes: usize,
    },
    /// The text holds no RSA public key.
    #[error("the PEM text holds no RSA public key")]
    InvalidPem,
}

impl JwtKeyError {
    /// A stable name of the error for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::SecretTooShort { .. } => "jwt_secret_too_short",
            Self::InvalidPem => "jwt_key_invalid",
        }
    }
}

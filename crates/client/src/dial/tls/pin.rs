//! Pins of public keys, in the form that HPKP (RFC 7469) and `OkHttp` use.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};
use x509_cert::Certificate;
use x509_cert::der::{Decode, Encode};

const PREFIX: &str = "sha256/";

/// SHA-256 of a certificate's `SubjectPublicKeyInfo`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pin([u8; 32]);

impl Pin {
    /// The pin of a certificate in DER; `None` if it cannot be read.
    pub(super) fn of_certificate(der: &[u8]) -> Option<Self> {
        let certificate = Certificate::from_der(der).ok()?;
        let key = certificate.tbs_certificate().subject_public_key_info().to_der().ok()?;
        Some(Self(Sha256::digest(key).into()))
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", base64_simd::STANDARD.encode_to_string(self.0))
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not a pin.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a pin; `sha256/` and the padded base64 of 32 bytes are needed")]
pub(crate) struct InvalidPin(String);

impl FromStr for Pin {
    type Err = InvalidPin;

    fn from_str(text: &str) -> Result<Self, InvalidPin> {
        let decode = |base64| base64_simd::STANDARD.decode_to_vec(base64).ok()?.try_into().ok();
        text.strip_prefix(PREFIX)
            .and_then(decode)
            .map(Self)
            .ok_or_else(|| InvalidPin(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_pin_agree() {
        let text = "sha256/47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        let pin: Pin = text.parse().unwrap();
        assert_eq!(pin.to_string(), text);
        for wrong in
            ["", "sha256/", "sha1/47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "sha256/AAAA"]
        {
            assert!(wrong.parse::<Pin>().is_err(), "{wrong}");
        }
        assert_eq!(Pin::of_certificate(b"not a certificate"), None);
    }
}

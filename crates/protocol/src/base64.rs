//! The base64 of the wire: standard alphabet, padded, no line breaks.
//!
//! Everything goes through these functions, so that the implementation can be exchanged by
//! measurement.

use base64_simd::{Out, STANDARD};

/// The text is not padded standard base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not padded standard base64")]
pub(crate) struct InvalidBase64;

/// Length of the base64 text of `bytes` bytes.
pub(crate) const fn encoded_len(bytes: usize) -> usize {
    bytes.div_ceil(3) * 4
}

/// Appends the base64 text of `bytes`.
pub(crate) fn encode_append(bytes: &[u8], text: &mut String) {
    STANDARD.encode_append(bytes, text);
}

/// The base64 text of `bytes`.
pub(crate) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode_to_string(bytes)
}

/// Decodes `text` into a buffer of its own, of exactly the decoded length.
pub(crate) fn decode(text: &str) -> Result<Vec<u8>, InvalidBase64> {
    STANDARD.decode_to_vec(text).map_err(|_| InvalidBase64)
}

/// Decodes `text`, which must hold exactly `N` bytes.
pub(crate) fn decode_array<const N: usize>(text: &str) -> Result<[u8; N], InvalidBase64> {
    if text.len() != encoded_len(N) {
        return Err(InvalidBase64);
    }
    let mut bytes = [0; N];
    let decoded = STANDARD.decode(text.as_bytes(), Out::from_slice(&mut bytes));
    match decoded {
        Ok(decoded) if decoded.len() == N => Ok(bytes),
        _ => Err(InvalidBase64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_form_decodes() {
        assert_eq!(decode("YWI=").as_deref(), Ok(&b"ab"[..]));
        for text in ["YWI", "YWJ=", "YW I=", "YWI=\n", "YWI==", "_-8=", "YWI=YWI=", "=", "ÿÿ=="] {
            assert_eq!(decode(text), Err(InvalidBase64), "{text:?}");
        }
    }

    #[test]
    fn arrays_need_their_exact_length() {
        assert_eq!(decode_array::<2>("YWI="), Ok(*b"ab"));
        assert_eq!(decode_array::<3>("YWI="), Err(InvalidBase64));
        assert_eq!(decode_array::<2>(""), Err(InvalidBase64));
    }
}

//! AES-256-GCM of one session, and the `encrypted` frame around it.
//!
//! Protocol version 1 has one key for both directions and no additional data, so a frame says
//! nothing about who made it or when. Two memories make up for it: a sender's vectors share a
//! random prefix, by which its own frames are recognised when they come back, and every
//! received vector is remembered.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::base64;
use crate::envelope::{self, Envelope, event};
use crate::handshake::SessionKey;
use crate::limits::{ENCRYPTED_ENVELOPE_BYTES, TAG_BYTES};
use crate::primitives::Aead;
use crate::replay::{IV_PREFIX_BYTES, Iv, ReplayMemory, join, split};

const FRAME_HEAD: &str = r#"{"event":"encrypted","data":{"iv":""#;
const FRAME_MIDDLE: &str = r#"","ct":""#;
const FRAME_TAIL: &str = r#""}}"#;
const IV_BASE64_BYTES: usize = 16;

/// Frames that a session may still send when it asks for new keys.
const REKEY_MARGIN: u64 = 1 << 16;

/// Length in bytes of the frame that carries `plaintext_bytes`.
pub const fn encrypted_frame_bytes(plaintext_bytes: usize) -> usize {
    ENCRYPTED_ENVELOPE_BYTES + base64::encoded_len(plaintext_bytes + TAG_BYTES)
}

/// Seals and opens the frames of one session.
pub struct SessionCipher {
    aead: Aead,
    iv_prefix: [u8; IV_PREFIX_BYTES],
    /// Counter of the next vector; wider than a counter, so that the last one can be used.
    next_counter: u64,
    received: ReplayMemory,
}

impl SessionCipher {
    /// Starts a session's cipher. `iv_prefix` must be random; `max_seen_ivs` bounds the memory
    /// of received vectors (see [`crate::limits::MAX_SEEN_IVS`]).
    pub fn new(key: &SessionKey, iv_prefix: [u8; IV_PREFIX_BYTES], max_seen_ivs: usize) -> Self {
        Self {
            aead: Aead::new(key.expose_bytes()),
            iv_prefix,
            next_counter: 0,
            received: ReplayMemory::new(max_seen_ivs),
        }
    }

    /// Encrypts `plaintext` into the text of an `encrypted` frame and leaves it as it is, so that
    /// one plaintext can be sealed for many receivers. `scratch` holds the ciphertext on the way;
    /// its memory is reused from call to call.
    pub fn seal(&mut self, plaintext: &[u8], scratch: &mut Vec<u8>) -> Result<String, SealError> {
        scratch.clear();
        scratch.extend_from_slice(plaintext);
        self.seal_buffer(scratch)
    }

    /// Encrypts `plaintext` where it stands, into the text of an `encrypted` frame.
    pub fn seal_in_place(&mut self, mut plaintext: Vec<u8>) -> Result<String, SealError> {
        self.seal_buffer(&mut plaintext)
    }

    fn seal_buffer(&mut self, buffer: &mut Vec<u8>) -> Result<String, SealError> {
        let iv = self.next_iv()?;
        let tag = self.aead.encrypt(&iv, buffer).map_err(|_| SealError::TooLong)?;
        buffer.extend_from_slice(&tag);
        Ok(frame_text(&iv, buffer))
    }

    /// Takes a vector that was never used before.
    fn next_iv(&mut self) -> Result<Iv, SealError> {
        let counter = u32::try_from(self.next_counter).map_err(|_| SealError::Exhausted)?;
        self.next_counter += 1;
        Ok(join(self.iv_prefix, counter))
    }

    /// Decrypts a frame into a buffer of its own. The frame's vector is remembered, and a
    /// frame that this session sent or has opened before is refused.
    pub fn open(&mut self, frame: &EncryptedFrame<'_>) -> Result<Vec<u8>, OpenError> {
        let iv: Iv = base64::decode_array(&frame.iv).map_err(|_| OpenError::Undecryptable)?;
        if split(&iv).0 == self.iv_prefix {
            return Err(OpenError::Reflected);
        }
        if self.received.contains(&iv) {
            return Err(OpenError::Replayed);
        }
        let mut text = base64::decode(&frame.ct).map_err(|_| OpenError::Undecryptable)?;
        let (body, tag) =
            text.split_last_chunk_mut::<TAG_BYTES>().ok_or(OpenError::Undecryptable)?;
        self.aead.decrypt(&iv, body, tag).map_err(|_| OpenError::Undecryptable)?;
        text.truncate(text.len() - TAG_BYTES);
        self.received.insert(&iv);
        Ok(text)
    }

    /// Whether the session should be replaced by one with new keys soon, because its vectors
    /// run out or its memory of received ones is full.
    pub fn needs_rekey(&self) -> bool {
        self.received.is_full() || self.next_counter + REKEY_MARGIN > u64::from(u32::MAX)
    }
}

fn frame_text(iv: &Iv, ciphertext_and_tag: &[u8]) -> String {
    let mut frame = String::with_capacity(
        ENCRYPTED_ENVELOPE_BYTES + base64::encoded_len(ciphertext_and_tag.len()),
    );
    frame.push_str(FRAME_HEAD);
    base64::encode_append(iv, &mut frame);
    frame.push_str(FRAME_MIDDLE);
    base64::encode_append(ciphertext_and_tag, &mut frame);
    frame.push_str(FRAME_TAIL);
    frame
}

impl fmt::Debug for SessionCipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionCipher").field("sent", &self.next_counter).finish_non_exhaustive()
    }
}

/// Why a message could not be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// All 2^32 vectors of the session are used.
    #[error("the session has used all its initialisation vectors; reconnect")]
    Exhausted,
    /// AES-GCM takes no more than 64 GiB.
    #[error("the message is longer than AES-GCM allows")]
    TooLong,
}

impl SealError {
    /// A stable name of the error for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Exhausted => "session_exhausted",
            Self::TooLong => "plaintext_too_long",
        }
    }
}

/// Why a frame was not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The frame carries this session's own prefix: somebody sent it back.
    #[error("the frame is one of our own")]
    Reflected,
    /// The frame was opened before.
    #[error("the frame was received before")]
    Replayed,
    /// Wrong key, changed bytes, wrong lengths or no base64: one error for all, so that a
    /// forger learns nothing.
    #[error("the frame cannot be decrypted")]
    Undecryptable,
}

impl OpenError {
    /// A stable name of the error for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Reflected => "reflected",
            Self::Replayed => "replayed",
            Self::Undecryptable => "undecryptable",
        }
    }
}

/// The parts of an `encrypted` frame, borrowed from its text unless the sender's JSON escapes
/// characters of base64, as some encoders do with `/`, `+` and `=`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct EncryptedFrame<'a> {
    /// Base64 of the initialisation vector.
    #[serde(borrow)]
    pub iv: Cow<'a, str>,
    /// Base64 of ciphertext and tag.
    #[serde(borrow)]
    pub ct: Cow<'a, str>,
}

impl<'a> EncryptedFrame<'a> {
    /// Cuts the frame out of its text without a JSON parser, where it has the form in which
    /// `JSON.stringify` and Aldis write it. `None`, or parts that cannot be decrypted, say
    /// nothing: parse the envelope then.
    pub(crate) fn cut(text: &'a str) -> Option<Self> {
        let rest = text.strip_prefix(FRAME_HEAD)?;
        let (iv, rest) = rest.split_at_checked(IV_BASE64_BYTES)?;
        let ct = rest.strip_prefix(FRAME_MIDDLE)?.strip_suffix(FRAME_TAIL)?;
        // Where a parser reads something else, there is a quote or a backslash in a part, and
        // the part does not decode. So nothing is opened here that a parser would not find.
        Some(Self { iv: iv.into(), ct: ct.into() })
    }

    /// Reads the `data` of an `encrypted` envelope; `None` if it lacks a part.
    pub(crate) fn from_data(data: Option<&'a RawValue>) -> Option<Self> {
        envelope::object(data?.get()).ok()
    }

    /// Reads the frame from its text; `None` if it is something else.
    pub fn parse(text: &'a str) -> Option<Self> {
        let envelope = Envelope::parse(text).ok()?;
        (envelope.event == event::ENCRYPTED).then(|| Self::from_data(envelope.data))?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> (SessionCipher, SessionCipher) {
        let key = SessionKey::from_bytes([7; 32]);
        (SessionCipher::new(&key, [1; 8], 100), SessionCipher::new(&key, [2; 8], 100))
    }

    #[test]
    fn the_frame_has_the_length_that_was_foretold() {
        let (mut cipher, _) = pair();
        for len in [0, 1, 2, 3, 100, 98_240] {
            let frame = cipher.seal_in_place(vec![b'x'; len]).unwrap();
            assert_eq!(frame.len(), encrypted_frame_bytes(len));
        }
        assert!(encrypted_frame_bytes(98_240) <= crate::limits::MAX_CLIENT_FRAME_BYTES);
        assert!(encrypted_frame_bytes(98_241) > crate::limits::MAX_CLIENT_FRAME_BYTES);
    }

    #[test]
    fn one_plaintext_is_sealed_for_many() {
        let (mut alice, mut bob) = pair();
        let mut scratch = Vec::new();
        for plaintext in ["a longer text", "short", ""] {
            let text = alice.seal(plaintext.as_bytes(), &mut scratch).unwrap();
            let opened = bob.open(&EncryptedFrame::parse(&text).unwrap());
            assert_eq!(opened.as_deref(), Ok(plaintext.as_bytes()));
        }
    }

    #[test]
    fn cut_and_parser_agree() {
        let (mut cipher, _) = pair();
        let text = cipher.seal_in_place(b"hello".to_vec()).unwrap();
        let cut = EncryptedFrame::cut(&text).unwrap();
        let envelope = Envelope::parse(&text).unwrap();
        assert_eq!(EncryptedFrame::from_data(envelope.data), Some(cut.clone()));
        let spaced = text.replace(':', " : ");
        assert_eq!(EncryptedFrame::cut(&spaced), None);
        assert_eq!(EncryptedFrame::parse(&spaced), Some(cut));
    }

    #[test]
    fn reflected_and_replayed_frames_are_refused() {
        let (mut alice, mut bob) = pair();
        let text = alice.seal_in_place(b"once".to_vec()).unwrap();
        let frame = EncryptedFrame::parse(&text).unwrap();
        assert_eq!(alice.open(&frame), Err(OpenError::Reflected));
        assert_eq!(bob.open(&frame).as_deref(), Ok(&b"once"[..]));
        assert_eq!(bob.open(&frame), Err(OpenError::Replayed));
    }

    #[test]
    fn a_forged_frame_is_not_remembered() {
        let (mut alice, mut bob) = pair();
        let text = alice.seal_in_place(b"true".to_vec()).unwrap();
        let frame = EncryptedFrame::parse(&text).unwrap();
        let forged = EncryptedFrame { ct: "AAAAAAAAAAAAAAAAAAAAAAAAAAA=".into(), ..frame.clone() };
        assert_eq!(bob.open(&forged), Err(OpenError::Undecryptable));
        assert_eq!(bob.open(&frame).as_deref(), Ok(&b"true"[..]));
    }

    #[test]
    fn the_last_vector_is_used_and_none_twice() {
        let (mut cipher, _) = pair();
        assert!(!cipher.needs_rekey());
        cipher.next_counter = u64::from(u32::MAX);
        assert!(cipher.needs_rekey());
        assert!(cipher.seal_in_place(b"last".to_vec()).is_ok());
        assert_eq!(cipher.seal_in_place(b"one more".to_vec()), Err(SealError::Exhausted));
    }

    #[test]
    fn a_full_memory_asks_for_new_keys() {
        let key = SessionKey::from_bytes([7; 32]);
        let mut receiver = SessionCipher::new(&key, [2; 8], 2);
        for prefix in [3, 4, 5] {
            assert!(!receiver.needs_rekey());
            let text =
                SessionCipher::new(&key, [prefix; 8], 0).seal_in_place(b"x".to_vec()).unwrap();
            receiver.open(&EncryptedFrame::parse(&text).unwrap()).unwrap();
        }
        assert!(receiver.needs_rekey());
    }
}

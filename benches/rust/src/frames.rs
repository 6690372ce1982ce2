//! The frames of the bare connection: as long as the encrypted ones, and without anything inside.
//!
//! | a frame begins with | from | and means |
//! |---|---|---|
//! | `f` | the client | `f COUNT BYTES`: send ticks |
//! | `t` | the server | a tick |
//! | `s` | the client | a tick to count |
//! | `c` | the client | tell what was counted: the answer is a [`SinkCount`] as JSON |
//! | `e` | the client | send the same back |
//!
//! Behind the letter of `t`, `s` and `e` come the tick's number in 20 digits, and padding.
//!
//! [`SinkCount`]: crate::payloads::SinkCount

use aldis_protocol::Outgoing;
use aldis_protocol::cipher::encrypted_frame_bytes;

use crate::Failure;
use crate::payloads::{Texts, Tick, event, now_us};

/// Digits of a tick's number.
const SEQ_DIGITS: usize = 20;

/// An id of a request as the Aldis client makes it, but for the digits of its number.
const REQUEST_ID: &str = "0123456789abcdef-0";

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Flood,
    Tick,
    Sink,
    Count,
    Echo,
}

impl Kind {
    pub(crate) fn of(frame: &str) -> Option<Self> {
        match frame.as_bytes().first()? {
            b'f' => Some(Self::Flood),
            b't' => Some(Self::Tick),
            b's' => Some(Self::Sink),
            b'c' => Some(Self::Count),
            b'e' => Some(Self::Echo),
            _ => None,
        }
    }

    pub(crate) fn letter(self) -> char {
        match self {
            Self::Flood => 'f',
            Self::Tick => 't',
            Self::Sink => 's',
            Self::Count => 'c',
            Self::Echo => 'e',
        }
    }
}

/// Makes the frames of one kind and size.
#[derive(Debug)]
pub(crate) struct Frames {
    kind: Kind,
    /// Plaintext bytes of a tick whose number has one digit, with and without a letter beyond ASCII.
    not_ascii_bytes: usize,
    ascii_bytes: usize,
    /// How often the tick's number is in its frame: a request's id has one too.
    numbers: usize,
    padding: String,
}

impl Frames {
    /// The frames of ticks with about `bytes` bytes of JSON.
    pub(crate) fn new(kind: Kind, bytes: u32) -> Result<Self, Failure> {
        let (name, id) = match kind {
            Kind::Sink => (event::SINK, None),
            Kind::Echo => (event::ECHO, Some(REQUEST_ID)),
            _ => (event::TICK, None),
        };
        let texts = Texts::new(bytes);
        let plaintext_bytes = |text_of: u64| -> Result<usize, Failure> {
            let tick = Tick { seq: 0, at: now_us(), text: texts.of(text_of).into() };
            Ok(Outgoing::new(name, &tick, id)?.plaintext().len())
        };
        let (not_ascii_bytes, ascii_bytes) = (plaintext_bytes(0)?, plaintext_bytes(1)?);
        let numbers = if id.is_some() { 2 } else { 1 };
        let most = encrypted_frame_bytes(not_ascii_bytes + numbers * SEQ_DIGITS);
        Ok(Self { kind, not_ascii_bytes, ascii_bytes, numbers, padding: "x".repeat(most) })
    }

    /// Bytes of the encrypted frame of the tick of this number.
    pub(crate) fn bytes_of(&self, seq: u64) -> usize {
        let bytes = if Texts::is_ascii(seq) { self.ascii_bytes } else { self.not_ascii_bytes };
        let more_digits = seq.checked_ilog10().unwrap_or(0) as usize;
        encrypted_frame_bytes(bytes + self.numbers * more_digits)
    }

    /// The frame of the tick of this number.
    pub(crate) fn of(&self, seq: u64) -> String {
        let bytes = self.bytes_of(seq);
        let mut frame = String::with_capacity(bytes);
        frame.push(self.kind.letter());
        frame.push_str(std::str::from_utf8(&digits(seq)).unwrap_or_default());
        let padding = bytes.saturating_sub(frame.len()).min(self.padding.len());
        frame.push_str(&self.padding[..padding]);
        frame
    }

    /// Whether this could be the frame of the tick of this number; as quick a look as at a text.
    pub(crate) fn fits(&self, seq: u64, frame: &str) -> bool {
        Kind::of(frame) == Some(self.kind)
            && seq_of(frame) == Some(seq)
            && frame.len() == self.bytes_of(seq)
    }
}

/// The number in a frame.
pub(crate) fn seq_of(frame: &str) -> Option<u64> {
    frame.get(1..=SEQ_DIGITS)?.parse().ok()
}

/// By hand, because the limit is not to wait for a formatter.
fn digits(mut number: u64) -> [u8; SEQ_DIGITS] {
    let mut digits = [b'0'; SEQ_DIGITS];
    for digit in digits.iter_mut().rev() {
        *digit += u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use aldis_protocol::cipher::SessionCipher;
    use aldis_protocol::handshake::SessionKey;

    #[test]
    fn they_are_as_long_as_the_encrypted_ones() {
        let key = SessionKey::from_bytes([7; 32]);
        let mut cipher = SessionCipher::new(&key, [1; 8], 0);
        let texts = Texts::new(100);
        let kinds =
            [(Kind::Tick, event::TICK), (Kind::Sink, event::SINK), (Kind::Echo, event::ECHO)];
        for (kind, name) in kinds {
            let frames = Frames::new(kind, 100).unwrap();
            for seq in [0, 1, 8, 9, 10, 99, 100, 12_345, 1 << 40] {
                let id = format!("0123456789abcdef-{seq}");
                let id = (kind == Kind::Echo).then_some(&*id);
                let plaintext = Outgoing::new(name, &texts.tick(seq), id).unwrap();
                let encrypted = cipher.seal_in_place(plaintext.into_plaintext()).unwrap();
                let frame = frames.of(seq);
                assert_eq!(frame.len(), encrypted.len(), "{kind:?} {seq}");
                assert!(frames.fits(seq, &frame) && !frames.fits(seq + 1, &frame));
                assert_eq!(seq_of(&frame), Some(seq));
            }
        }
    }
}

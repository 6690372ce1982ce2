//! Messages as they cross the lane, upwards.
//!
//! Messages one after the other, each of them: three little-endian `u32`, the lengths of event,
//! id ([`NO_ID`] where there is none) and data; then event, id and data themselves in UTF-8. For a
//! JVM, data that can be is in Latin-1 instead, and its length has [`LATIN_1`] set: of that it makes
//! a string by copying, while it takes UTF-8 apart byte by byte as soon as there is anything beyond
//! ASCII. Swift's strings are UTF-8 themselves.

use encoding_rs::mem::convert_utf8_to_latin1_lossy as utf8_to_latin1;

/// Stands for the length of an id that is not there.
pub const NO_ID: u32 = u32::MAX;

/// Set in the length of data that is in Latin-1.
pub const LATIN_1: u32 = 1 << 31;

/// A batch that has grown to this many bytes is handed over. Larger ones were measured to be
/// slower by the byte: they leave the processor's caches.
pub(crate) const FULL_BATCH_BYTES: usize = 256 << 10;

/// Of the characters up to U+00FF, the greatest byte in UTF-8. Each later one begins with a greater.
const LAST_LEAD_OF_LATIN_1: u8 = 0xC3;

/// Bytes of the lengths before a message.
const LENGTHS: usize = 12;

/// Messages in the layout of the lane; by default as a JVM has them.
#[derive(Debug, Default)]
pub struct Batch {
    bytes: Vec<u8>,
    is_utf_8: bool,
}

impl Batch {
    /// With all texts in UTF-8.
    pub fn utf_8() -> Self {
        Self { is_utf_8: true, ..Self::default() }
    }

    /// Makes room for messages of so many bytes, as far as a batch goes: what grows is copied.
    pub(crate) fn reserve(&mut self, bytes: usize) {
        self.bytes.reserve(bytes.min(FULL_BATCH_BYTES));
    }

    /// Appends a message.
    pub fn push(&mut self, message: &aldis_client::Message) {
        let (event, id, data) = (message.event(), message.id(), message.data());
        let lengths_at = self.bytes.len();
        self.bytes.extend_from_slice(&[0; LENGTHS]);
        for part in [event, id.unwrap_or_default()] {
            self.bytes.extend_from_slice(part.as_bytes());
        }
        let data_at = self.bytes.len();
        let charset = if !self.is_utf_8 && self.push_latin_1(data) {
            LATIN_1
        } else {
            self.bytes.extend_from_slice(data.as_bytes());
            0
        };
        let data_length = length(&self.bytes[data_at..]) | charset;
        let id_length = id.map_or(NO_ID, |id| length(id.as_bytes()));
        let lengths = [length(event.as_bytes()), id_length, data_length];
        for (place, length) in self.bytes[lengths_at..].chunks_exact_mut(4).zip(lengths) {
            place.copy_from_slice(&length.to_le_bytes());
        }
    }

    /// Appends a text in Latin-1. False, and nothing is appended, where it has other characters.
    fn push_latin_1(&mut self, text: &str) -> bool {
        // Looked for to the end, whatever comes: that is what makes vectors of it.
        let highest = text.bytes().fold(0, u8::max);
        if highest > LAST_LEAD_OF_LATIN_1 {
            return false;
        }
        if highest.is_ascii() {
            self.bytes.extend_from_slice(text.as_bytes());
        } else {
            let start = self.bytes.len();
            self.bytes.resize(start + text.len(), 0);
            let end = start + utf8_to_latin1(text.as_bytes(), &mut self.bytes[start..]);
            self.bytes.truncate(end);
        }
        true
    }

    /// Whether it should be handed over now.
    pub(crate) fn is_full(&self) -> bool {
        self.bytes.len() >= FULL_BATCH_BYTES
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The bytes of all messages.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
    }
}

/// Of a text of a frame, which the client bounds at a gibibyte.
fn length(text: &[u8]) -> u32 {
    u32::try_from(text.len()).unwrap_or(LATIN_1 - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> aldis_client::Message {
        aldis_client::Message::parse(text.to_owned()).unwrap()
    }

    #[test]
    fn the_layout_is_as_documented() {
        let mut batch = Batch::default();
        assert!(batch.is_empty());
        batch.push(&message(r#"{"event":"é","data":[1, 2]}"#));
        batch.push(&message(r#"{"event":"e","id":"","data":null}"#));
        let expected: &[&[u8]] = &[
            &[2, 0, 0, 0, 255, 255, 255, 255, 6, 0, 0, 128],
            "é[1, 2]".as_bytes(),
            &[1, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 128],
            b"enull",
        ];
        assert_eq!(batch.as_bytes(), expected.concat());
        batch.clear();
        assert!(batch.is_empty());
    }

    #[test]
    fn data_is_in_latin_1_where_it_can_be() {
        let latin_1: &[&[u8]] =
            &[&[1, 0, 0, 0, 255, 255, 255, 255, 8, 0, 0, 128], b"e\"a\xC0b\xE9\xFFc\""];
        let utf_8: &[&[u8]] =
            &[&[1, 0, 0, 0, 255, 255, 255, 255, 7, 0, 0, 0], "e\"éđc\"".as_bytes()];
        for (text, expected) in [("aÀbéÿc", latin_1), ("éđc", utf_8)] {
            let mut batch = Batch::default();
            batch.push(&message(&format!(r#"{{"event":"e","data":"{text}"}}"#)));
            assert_eq!(batch.as_bytes(), expected.concat(), "{text}");
        }
    }

    #[test]
    fn data_stays_utf_8_where_that_is_asked_for() {
        let mut batch = Batch::utf_8();
        batch.push(&message(r#"{"event":"e","data":"aÀ"}"#));
        let expected: &[&[u8]] =
            &[&[1, 0, 0, 0, 255, 255, 255, 255, 5, 0, 0, 0], "e\"aÀ\"".as_bytes()];
        assert_eq!(batch.as_bytes(), expected.concat());
    }

    #[test]
    fn a_batch_is_full_by_its_bytes() {
        let mut batch = Batch::default();
        batch.push(&message(&format!(r#"{{"event":"e","data":"{}"}}"#, "x".repeat(1_000))));
        assert!(!batch.is_full());
        batch.push(&message(&format!(r#"{{"event":"e","data":"{}"}}"#, "x".repeat(300_000))));
        assert!(batch.is_full());
    }
}

//! Messages as they cross the lane, upwards.
//!
//! Messages one after the other, each of them: three little-endian `u32`, the lengths of event,
//! id ([`NO_ID`] where there is none) and data; then event, id and data themselves in UTF-8.

/// Stands for the length of an id that is not there.
pub const NO_ID: u32 = u32::MAX;

/// A batch that has grown to this many bytes is handed over. Larger ones were measured to be
/// slower by the byte: they leave the processor's caches.
pub(crate) const FULL_BATCH_BYTES: usize = 256 << 10;

/// Messages in the layout of the lane.
#[derive(Debug, Default)]
pub struct Batch {
    bytes: Vec<u8>,
}

impl Batch {
    /// Appends a message.
    pub fn push(&mut self, message: &aldis_client::Message) {
        let (event, id, data) = (message.event(), message.id(), message.data());
        let id_length = id.map_or(NO_ID, length);
        for length in [length(event), id_length, length(data)] {
            self.bytes.extend_from_slice(&length.to_le_bytes());
        }
        for part in [event, id.unwrap_or_default(), data] {
            self.bytes.extend_from_slice(part.as_bytes());
        }
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

/// A text of a frame, which the client bounds at a gibibyte.
fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(NO_ID - 1)
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
            &[2, 0, 0, 0, 255, 255, 255, 255, 6, 0, 0, 0],
            "é[1, 2]".as_bytes(),
            &[1, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0],
            b"enull",
        ];
        assert_eq!(batch.as_bytes(), expected.concat());
        batch.clear();
        assert!(batch.is_empty());
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

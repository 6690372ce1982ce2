//! A message on its way out.

use std::borrow::Cow;

use serde::Serialize;

use crate::envelope::{Envelope, event};

/// A message to send, as the plaintext that will be encrypted: one buffer from the payload's
/// JSON to the ciphertext.
#[derive(Clone, PartialEq, Eq)]
pub struct Outgoing {
    plaintext: Vec<u8>,
}

impl Outgoing {
    /// Writes the message. `data` is serialised as it is, a
    /// [`RawValue`](serde_json::value::RawValue) verbatim; `id` ties a reply to it.
    pub fn new<T>(event: &str, data: &T, id: Option<&str>) -> Result<Self, OutgoingError>
    where
        T: Serialize + ?Sized,
    {
        check_event_name(event)?;
        let mut plaintext = Vec::with_capacity(128);
        plaintext.extend_from_slice(b"{\"event\":");
        serde_json::to_writer(&mut plaintext, event)?;
        plaintext.extend_from_slice(b",\"data\":");
        serde_json::to_writer(&mut plaintext, data)?;
        if let Some(id) = id {
            plaintext.extend_from_slice(b",\"id\":");
            serde_json::to_writer(&mut plaintext, id)?;
        }
        plaintext.push(b'}');
        Ok(Self { plaintext })
    }

    /// The event's name.
    pub fn event(&self) -> Cow<'_, str> {
        // What `new` wrote is always readable; the empty name is no answer it could give.
        let text = std::str::from_utf8(&self.plaintext).unwrap_or_default();
        Envelope::parse(text).map(|envelope| envelope.event).unwrap_or_default()
    }

    /// The message as JSON text, unencrypted.
    pub fn plaintext(&self) -> &[u8] {
        &self.plaintext
    }

    /// Gives the buffer away.
    pub fn into_plaintext(self) -> Vec<u8> {
        self.plaintext
    }

    /// Refuses a message whose plaintext is longer than `limit` bytes.
    pub fn check_size(&self, limit: usize) -> Result<(), OutgoingError> {
        let size = self.plaintext.len();
        if size > limit { Err(OutgoingError::TooLarge { size, limit }) } else { Ok(()) }
    }
}

impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outgoing").field("bytes", &self.plaintext.len()).finish()
    }
}

fn check_event_name(name: &str) -> Result<(), OutgoingError> {
    if name.is_empty() {
        return Err(OutgoingError::EmptyEvent);
    }
    if event::is_reserved(name) {
        return Err(OutgoingError::ReservedEvent { event: name.to_owned() });
    }
    Ok(())
}

/// Why a message cannot be sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutgoingError {
    /// An event needs a name.
    #[error("the event's name is empty; at least one character is needed")]
    EmptyEvent,
    /// The name belongs to the protocol.
    #[error(
        "the event's name `{event}` is reserved for the protocol, as are authenticate, connected, \
         encrypted, heartbeat, join and leave"
    )]
    ReservedEvent {
        /// The refused name.
        event: String,
    },
    /// The payload's `Serialize` failed.
    #[error("the payload is not JSON: {0}")]
    NotJson(#[from] serde_json::Error),
    /// The message would exceed the server's limit, and cost the connection.
    #[error("the message has {size} bytes; at most {limit} bytes are allowed")]
    TooLarge {
        /// Bytes of the message as JSON, envelope included.
        size: usize,
        /// Bytes that are allowed.
        limit: usize,
    },
}

impl OutgoingError {
    /// A stable name of the error for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::EmptyEvent => "event_name_empty",
            Self::ReservedEvent { .. } => "event_name_reserved",
            Self::NotJson(_) => "payload_not_json",
            Self::TooLarge { .. } => "message_too_large",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::Message;
    use serde_json::value::RawValue;

    #[test]
    fn writing_and_reading_agree() {
        let data = RawValue::from_string("[1,  2]".to_owned()).unwrap();
        let outgoing = Outgoing::new("tab\there", &data, Some("\u{1F44B}")).unwrap();
        assert_eq!(outgoing.event(), "tab\there");
        let text = String::from_utf8(outgoing.into_plaintext()).unwrap();
        let message = Message::parse(text).unwrap();
        assert_eq!((message.event(), message.data()), ("tab\there", "[1,  2]"));
        assert_eq!(message.id(), Some("\u{1F44B}"));
    }

    #[test]
    fn names_of_the_protocol_are_refused() {
        for name in ["authenticate", "connected", "encrypted", "heartbeat", "join", "leave"] {
            let error = Outgoing::new(name, &(), None).unwrap_err();
            assert_eq!(error.code(), "event_name_reserved");
        }
        assert_eq!(Outgoing::new("", &(), None).unwrap_err().code(), "event_name_empty");
        assert!(Outgoing::new("error", &(), None).is_ok());
    }

    #[test]
    fn size_and_limit_are_told() {
        let outgoing = Outgoing::new("e", "xxxx", None).unwrap();
        assert!(outgoing.check_size(27).is_ok());
        let error = outgoing.check_size(26).unwrap_err();
        assert_eq!(error.to_string(), "the message has 27 bytes; at most 26 bytes are allowed");
    }
}

//! The envelope that every message has: `{"event": …, "data"?: …, "id"?: …}`.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::json;

/// Names of events that belong to the protocol.
pub mod event {
    /// Client to server: token and public key.
    pub const AUTHENTICATE: &str = "authenticate";
    /// Server to client: the session is open.
    pub const CONNECTED: &str = "connected";
    /// Either way: an encrypted message.
    pub const ENCRYPTED: &str = "encrypted";
    /// Server to client: a request failed.
    pub const ERROR: &str = "error";
    /// Client to server: still here.
    pub const HEARTBEAT: &str = "heartbeat";
    /// Client to server: enter rooms.
    pub const JOIN: &str = "join";
    /// Client to server: leave rooms.
    pub const LEAVE: &str = "leave";

    /// Whether an application may send an event of this name.
    ///
    /// `error` is not reserved: applications answer each other with it.
    pub fn is_reserved(name: &str) -> bool {
        matches!(name, AUTHENTICATE | CONNECTED | ENCRYPTED | HEARTBEAT | JOIN | LEAVE)
    }
}

/// A message as it stands in its text, borrowed.
#[derive(Debug, Deserialize)]
pub struct Envelope<'a> {
    /// The event's name.
    #[serde(borrow)]
    pub event: Cow<'a, str>,
    /// The payload as JSON text; absent where the message has none.
    #[serde(borrow, default, deserialize_with = "present")]
    pub data: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    id: Option<&'a RawValue>,
}

/// Keeps `null` apart from absent, which `Option` alone would merge.
fn present<'de: 'a, 'a, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

/// The text is not a JSON object with a text `event`.
#[derive(Debug, thiserror::Error)]
#[error("not a message: {0}")]
pub struct MalformedMessage(#[from] serde_json::Error);

impl MalformedMessage {
    /// A stable name of the error for programs.
    pub fn code(&self) -> &'static str {
        "malformed_message"
    }
}

impl<'a> Envelope<'a> {
    /// Reads the envelope; `data` is checked to be JSON and otherwise left alone.
    pub fn parse(text: &'a str) -> Result<Self, MalformedMessage> {
        Ok(object(text)?)
    }

    /// The `id` that ties a reply to its request.
    ///
    /// IGNIS uses strings; of another JSON value the text is taken, `null` counts as absent.
    pub fn id(&self) -> Option<Cow<'a, str>> {
        text_of(self.id?)
    }
}

/// Reads a JSON object. serde alone would take a list of the fields for it too, which no other
/// implementation does.
pub(crate) fn object<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, serde_json::Error> {
    if text.trim_ascii_start().starts_with('{') {
        serde_json::from_str(text)
    } else {
        Err(serde::de::Error::custom("an object is needed"))
    }
}

/// What a JSON string says, and the text of another JSON value; `None` for `null`.
pub(crate) fn text_of(value: &RawValue) -> Option<Cow<'_, str>> {
    let raw = value.get();
    match raw.as_bytes().first() {
        Some(b'"') => {
            serde_json::from_str::<BorrowedText<'_>>(raw).ok().map(|BorrowedText(text)| text)
        }
        Some(b'n') => None,
        _ => Some(Cow::Borrowed(raw)),
    }
}

#[derive(Deserialize)]
struct BorrowedText<'a>(#[serde(borrow)] Cow<'a, str>);

/// Builds the text of a protocol message from a serialisable payload.
pub(crate) fn to_text<T: Serialize>(event: &str, data: &T) -> String {
    #[derive(Serialize)]
    struct Outgoing<'a, T> {
        event: &'a str,
        data: &'a T,
    }
    #[expect(clippy::expect_used, reason = "the protocol's own payloads are texts and lists")]
    serde_json::to_string(&Outgoing { event, data }).expect("payloads of the protocol are JSON")
}

/// A message that arrived, in the one buffer that it was decrypted into.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    text: String,
    event: Span,
    data: Option<Range<usize>>,
    id: Option<Span>,
}

/// A text inside the message, or beside it where JSON escapes had to be resolved.
#[derive(Clone, PartialEq, Eq)]
enum Span {
    Inside(Range<usize>),
    Unescaped(Box<str>),
}

impl Span {
    fn new(whole: &str, part: Cow<'_, str>) -> Self {
        match part {
            Cow::Borrowed(part) => Self::Inside(range_of(whole, part)),
            Cow::Owned(part) => Self::Unescaped(part.into()),
        }
    }

    fn get<'a>(&'a self, whole: &'a str) -> &'a str {
        match self {
            Self::Inside(range) => &whole[range.clone()],
            Self::Unescaped(text) => text,
        }
    }
}

/// A message that is written as `JSON.stringify` and Aldis write it: `event`, `data` and `id` in this
/// order, without blanks between them, the names without escapes. It is cut up in one look.
struct Cut {
    event: Range<usize>,
    data: Option<Range<usize>>,
    id: Option<Range<usize>>,
}

impl Cut {
    /// `None` says nothing: ask a parser then.
    fn of(text: &str) -> Option<Self> {
        let text = text.as_bytes();
        let event = plain_string(text, skip(text, 0, br#"{"event":"#)?)?;
        let mut at = event.end + 1;
        let mut data = None;
        if let Some(start) = skip(text, at, br#","data":"#) {
            at = start + json::end_of_value(&text[start..])?;
            data = Some(start..at);
        }
        let mut id = None;
        if let Some(start) = skip(text, at, br#","id":"#) {
            let found = plain_string(text, start)?;
            at = found.end + 1;
            id = Some(found);
        }
        (&text[at..] == b"}").then_some(Self { event, data, id })
    }
}

/// Behind `word`, if it stands at this place.
fn skip(text: &[u8], at: usize, word: &[u8]) -> Option<usize> {
    text[at..].starts_with(word).then_some(at + word.len())
}

/// The text of the string that begins at this place, if it has no escapes.
fn plain_string(text: &[u8], at: usize) -> Option<Range<usize>> {
    let start = skip(text, at, b"\"")?;
    let end = start + json::plain_prefix(&text[start..]);
    (text.get(end) == Some(&b'"')).then_some(start..end)
}

/// Where `part`, a slice of `whole`, stands in it.
fn range_of(whole: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr().addr() - whole.as_ptr().addr();
    start..start + part.len()
}

impl Message {
    /// Reads a message and keeps its text.
    pub fn parse(text: String) -> Result<Self, MalformedMessage> {
        match Cut::of(&text) {
            Some(Cut { event, data, id }) => {
                let (event, id) = (Span::Inside(event), id.map(Span::Inside));
                Ok(Self { text, event, data, id })
            }
            None => Self::parse_any(text),
        }
    }

    /// Reads a message in whatever way it is written.
    fn parse_any(text: String) -> Result<Self, MalformedMessage> {
        let envelope = Envelope::parse(&text)?;
        let data = envelope.data.map(|data| range_of(&text, data.get()));
        let id = envelope.id().map(|id| Span::new(&text, id));
        let event = Span::new(&text, envelope.event);
        Ok(Self { text, event, data, id })
    }

    /// The event's name.
    pub fn event(&self) -> &str {
        self.event.get(&self.text)
    }

    /// The payload as JSON text, exactly as the peer wrote it; `null` where it sent none.
    pub fn data(&self) -> &str {
        self.data.clone().map_or("null", |data| &self.text[data])
    }

    /// Whether the peer sent a payload at all.
    pub fn has_data(&self) -> bool {
        self.data.is_some()
    }

    /// The `id` that ties a reply to its request, where there is one.
    pub fn id(&self) -> Option<&str> {
        self.id.as_ref().map(|id| id.get(&self.text))
    }

    /// Decodes the payload.
    pub fn decode<'a, T: Deserialize<'a>>(&'a self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.data())
    }

    /// Bytes that the message occupies, for bounding queues.
    pub fn size(&self) -> usize {
        self.text.len()
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The payload is the application's secret: its size says enough.
        f.debug_struct("Message")
            .field("event", &self.event())
            .field("id", &self.id())
            .field("bytes", &self.text.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> Message {
        Message::parse(text.to_owned()).unwrap()
    }

    #[test]
    fn data_stays_as_it_was_written() {
        let message = message(r#" {"id":"7","event":"e","data": {"a" : 1e2, "b":"\ud800"} } "#);
        assert_eq!(message.event(), "e");
        assert_eq!(message.data(), r#"{"a" : 1e2, "b":"\ud800"}"#);
        assert_eq!(message.id(), Some("7"));
    }

    #[test]
    fn a_message_that_is_cut_is_what_a_parser_reads() {
        let usual = [
            r#"{"event":"e"}"#,
            r#"{"event":"é","data":null}"#,
            r#"{"event":"","data":{"id":"1","x":["}",{"event":"y"}]},"id":"7"}"#,
            r#"{"event":"e","data":"\"\\","id":""}"#,
            r#"{"event":"e","id":"7"}"#,
            r#"{"event":"e","data": 1 }"#,
        ];
        let others = [
            r#"{"event":"e","data":1,"data":2}"#,
            r#"{"event":"e","id":"7","data":1}"#,
            r#"{"event":"e","data":1,"id":7}"#,
            r#"{"event":"e","data":1,"id":"a\n"}"#,
            r#"{"event":"e","data":1,"more":{}}"#,
            r#"{"event":"e","data":1} "#,
            r#"{ "event":"e"}"#,
            r#"{"event":"e","data":1}}"#,
            r#"{"event":"e","data":nul}"#,
            r#"{"event":"e","data":1"#,
            r#"{"event":"e"#,
            r#"{"event":"#,
        ];
        let is_cut = |text: &str| Cut::of(text).is_some();
        assert_eq!(usual.map(is_cut), [true, true, true, true, true, false]);
        assert_eq!(others.map(is_cut), [false; 12]);
        for text in [&usual[..], &others].concat() {
            let (cut, parsed) = (Message::parse(text.into()), Message::parse_any(text.into()));
            assert_eq!(cut.ok(), parsed.ok(), "{text}");
        }
    }

    #[test]
    fn absent_and_null_differ() {
        assert!(!message(r#"{"event":"e"}"#).has_data());
        assert!(message(r#"{"event":"e","data":null}"#).has_data());
        assert_eq!(message(r#"{"event":"e"}"#).data(), "null");
        assert_eq!(message(r#"{"event":"e","id":null}"#).id(), None);
        assert_eq!(message(r#"{"event":"e","id":12}"#).id(), Some("12"));
    }

    #[test]
    fn escapes_are_resolved_in_names_and_ids() {
        let message = message(r#"{"event":"caf\u00e9","id":"a\"b"}"#);
        assert_eq!(message.event(), "café");
        assert_eq!(message.id(), Some("a\"b"));
    }

    #[test]
    fn what_is_no_message_is_refused() {
        for text in [
            "",
            "null",
            "[]",
            "{}",
            r#"["e", 1, "7"]"#,
            r#"{"event":1}"#,
            r#"{"event":"e","data":}"#,
            "{\"event\":\"e\"} x",
        ] {
            assert!(Message::parse(text.to_owned()).is_err(), "{text}");
        }
    }
}

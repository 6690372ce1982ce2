//! Messages of the protocol itself: authentication, rooms, heartbeat, errors.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::envelope::{self, event};
use crate::room::RoomName;

/// Name of the field that carries the client's key in nx-signal deployments.
pub const KEY_FIELD_NX_SIGNAL: &str = "clientPublicKey";

/// Name of that field in IGNIS's own documentation.
pub const KEY_FIELD_IGNIS: &str = "publicKey";

/// The only kind of token there is.
const BEARER: &str = "Bearer";

/// The text of a heartbeat.
pub(crate) const HEARTBEAT_TEXT: &str = r#"{"event":"heartbeat"}"#;

/// The text of `authenticate`. It contains the token: never log it.
pub(crate) fn authenticate_text(token: &str, key_field: &str, public_key: &str) -> String {
    struct Fields<'a>([(&'a str, &'a str); 3]);
    impl Serialize for Fields<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_map(self.0)
        }
    }
    let fields = Fields([("type", BEARER), ("token", token), (key_field, public_key)]);
    envelope::to_text(event::AUTHENTICATE, &fields)
}

/// What `authenticate` carries, as a server reads it.
pub(crate) struct AuthenticateData<'a> {
    pub(crate) token: Cow<'a, str>,
    pub(crate) public_key: Option<Cow<'a, str>>,
}

impl<'a> AuthenticateData<'a> {
    /// Reads the payload; `None` where it has no token.
    pub(crate) fn parse(data: &'a RawValue, key_field: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
        let fields: std::collections::HashMap<Cow<'a, str>, &'a RawValue> =
            serde_json::from_str(data.get()).ok()?;
        let text = |field: &str| {
            let Text(text) = serde_json::from_str(fields.get(field)?.get()).ok()?;
            Some(text)
        };
        Some(Self { token: text("token")?, public_key: text(key_field) })
    }
}

/// What `connected` carries.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectedData<'a> {
    #[serde(borrow)]
    pub(crate) id: Cow<'a, str>,
    #[serde(borrow, default, deserialize_with = "text")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user_id: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "text")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) time: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(crate) server_public_key: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(crate) salt: Option<Cow<'a, str>>,
}

/// Takes the text of any JSON value: the application chooses what a user id is, and a number must
/// not cost the connection.
fn text<'de: 'a, 'a, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Cow<'a, str>>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(envelope::text_of)
}

/// The human-readable text of an `error` message; empty where there is none.
pub(crate) fn error_message(data: Option<&RawValue>) -> String {
    #[derive(Deserialize)]
    struct ErrorData<'a> {
        #[serde(borrow)]
        message: Cow<'a, str>,
    }
    data.and_then(|data| envelope::object::<ErrorData<'_>>(data.get()).ok())
        .map(|data| data.message.into_owned())
        .unwrap_or_default()
}

/// The plaintext of an `error` message.
pub(crate) fn error_text(message: &str) -> String {
    envelope::to_text(event::ERROR, &serde_json::json!({ "message": message }))
}

#[derive(Serialize)]
struct Rooms<'a> {
    rooms: &'a [&'a str],
}

/// The texts of `join` or `leave` for any number of rooms, each no longer than `max_bytes`.
///
/// `rooms` is always an array: anything else raises an uncaught exception in an IGNIS server.
pub(crate) fn rooms_texts<'a>(
    event: &'static str,
    rooms: impl IntoIterator<Item = &'a RoomName>,
    max_bytes: usize,
) -> Vec<String> {
    let frame_bytes = envelope::to_text(event, &Rooms { rooms: &[] }).len();
    let mut texts = Vec::new();
    let mut batch: Vec<&str> = Vec::new();
    let mut batch_bytes = frame_bytes;
    for room in rooms {
        let bytes = json_bytes(room.as_str()) + 1;
        if !batch.is_empty() && batch_bytes + bytes > max_bytes {
            texts.push(envelope::to_text(event, &Rooms { rooms: &batch }));
            batch.clear();
            batch_bytes = frame_bytes;
        }
        batch.push(room.as_str());
        batch_bytes += bytes;
    }
    if !batch.is_empty() {
        texts.push(envelope::to_text(event, &Rooms { rooms: &batch }));
    }
    texts
}

/// An upper bound of the bytes that `text` takes as a JSON text, quotes included: the longest
/// escape turns one byte into six.
fn json_bytes(text: &str) -> usize {
    2 + text.bytes().map(|byte| if byte < 0x20 { 6 } else { 2 }).sum::<usize>()
}

/// Rooms that a client named, split into those that can exist and the number of the others.
pub(crate) fn parse_rooms(data: Option<&RawValue>) -> Option<(Vec<RoomName>, usize)> {
    #[derive(Deserialize)]
    struct RoomsData<'a> {
        #[serde(borrow)]
        rooms: Vec<&'a RawValue>,
    }
    let named = envelope::object::<RoomsData<'_>>(data?.get()).ok()?.rooms;
    let total = named.len();
    let rooms: Vec<RoomName> = named
        .into_iter()
        .filter_map(|name| serde_json::from_str::<String>(name.get()).ok())
        .filter_map(|name| RoomName::new(name).ok())
        .collect();
    let invalid = total - rooms.len();
    Some((rooms, invalid))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(name: impl AsRef<str>) -> RoomName {
        RoomName::new(name).unwrap()
    }

    #[test]
    fn many_rooms_are_spread_over_frames() {
        let rooms: Vec<_> = (0..500).map(|n| room(format!("{n:>0200}\u{1}\""))).collect();
        let texts = rooms_texts(event::JOIN, &rooms, 4096);
        assert!(texts.len() > 1 && texts.iter().all(|text| text.len() <= 4096));
        let mut joined = Vec::new();
        for text in &texts {
            let envelope = envelope::Envelope::parse(text).unwrap();
            assert_eq!(envelope.event, event::JOIN);
            joined.extend(parse_rooms(envelope.data).unwrap().0);
        }
        assert_eq!(joined, rooms);
        assert!(rooms_texts(event::JOIN, &[], 4096).is_empty());
    }

    #[test]
    fn invalid_rooms_do_not_spoil_the_rest() {
        let data = RawValue::from_string(r#"{"rooms":["a",1,"","ws:x","b"]}"#.into()).unwrap();
        assert_eq!(parse_rooms(Some(&data)), Some((vec![room("a"), room("b")], 3)));
        let data = RawValue::from_string(r#"{"rooms":"a"}"#.into()).unwrap();
        assert_eq!(parse_rooms(Some(&data)), None);
        let data = RawValue::from_string(r#"[["a"]]"#.into()).unwrap();
        assert_eq!(parse_rooms(Some(&data)), None);
    }

    #[test]
    fn a_user_id_may_be_any_json() {
        let user_id = |data: &str| {
            let connected: ConnectedData<'_> = serde_json::from_str(data).unwrap();
            connected.user_id.map(Cow::into_owned)
        };
        assert_eq!(user_id(r#"{"id":"c"}"#), None);
        assert_eq!(user_id(r#"{"id":"c","userId":null}"#), None);
        assert_eq!(user_id(r#"{"id":"c","userId":42}"#).as_deref(), Some("42"));
        assert_eq!(user_id(r#"{"id":"c","userId":"caf\u00e9"}"#).as_deref(), Some("café"));
    }

    #[test]
    fn authenticate_reads_back() {
        let text = authenticate_text("to\"ken", "key", "AAAA");
        let envelope = envelope::Envelope::parse(&text).unwrap();
        let data = AuthenticateData::parse(envelope.data.unwrap(), "key").unwrap();
        assert_eq!(data.token, "to\"ken");
        assert_eq!(data.public_key.as_deref(), Some("AAAA"));
        let other = AuthenticateData::parse(envelope.data.unwrap(), "other").unwrap();
        assert_eq!(other.public_key, None);
    }
}

//! Frames as the model knows them: the text, and what it should mean to a receiver.

use aldis_protocol::Message;

/// A frame that an end sent, or that somebody with the key made.
#[derive(Debug, Clone)]
pub(crate) enum Frame {
    Plain(String),
    /// An encrypted frame; `message` is `None` where it hides something else.
    Sealed {
        text: String,
        message: Option<Message>,
    },
}

impl Frame {
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Plain(text) | Self::Sealed { text, .. } => text,
        }
    }
}

/// What the model knows of a text that an end receives.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Origin<'a> {
    /// It was encrypted with the key, and is told from others by `canonical`.
    Sealed { canonical: &'a str, message: Option<&'a Message> },
    /// The receiver encrypted it.
    Reflected,
    /// It was an encrypted frame before somebody changed it.
    Damaged,
    /// Nothing was encrypted: it says what it says.
    Plain,
    /// Only that it was not encrypted with the key is known.
    Foreign,
    /// It was encrypted with the key, just now; whether it is a message is not known.
    Opaque { plaintext: &'a [u8] },
}

/// Ways to write the same JSON.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Spelling {
    Canonical,
    Spaced,
    Escaped,
    Extended,
}

impl Spelling {
    pub(crate) fn from_byte(byte: u8) -> Self {
        match byte % 8 {
            0 => Self::Spaced,
            1 => Self::Escaped,
            2 => Self::Extended,
            _ => Self::Canonical,
        }
    }

    /// Writes an `encrypted` frame in this way.
    pub(crate) fn apply(self, text: &str) -> String {
        match self {
            Self::Canonical => text.to_owned(),
            Self::Spaced => text.replace(':', " : "),
            Self::Escaped => text.replace('/', "\\/").replace('=', "\\u003d"),
            Self::Extended => text.replace("}}", r#","later":"x"}}"#),
        }
    }
}

/// The name of the event of a message, if the text is one.
pub(crate) fn event_of(text: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    Some(value.get("event")?.as_str()?.to_owned())
}

/// The rooms of a `join` or a `leave`.
pub(crate) fn rooms_of(text: &str) -> Vec<String> {
    let value: serde_json::Value = serde_json::from_str(text).unwrap();
    let rooms = value["data"]["rooms"].as_array().unwrap();
    let name = |room: &serde_json::Value| room.as_str().unwrap().to_owned();
    rooms.iter().map(name).collect()
}

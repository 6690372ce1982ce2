//! What commands fail with.

use aldis_client::{ConfigError, ConnectError, EmptyToken, RequestError, RoomError, SendError};
use serde::ser::{Serialize, SerializeStruct as _, Serializer};

use crate::config::name_of;

/// The result of what the plugin does.
pub type Result<T> = std::result::Result<T, Error>;

/// What the plugin can fail with. A page receives it as `{ code, message }`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting cannot be used.
    #[error("plugins.signal.{field}: {rule}")]
    Config {
        /// The setting's name in JSON.
        field: String,
        /// What is wrong and what is allowed.
        rule: String,
    },
    /// No session was reached.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// A message was not taken.
    #[error(transparent)]
    Send(#[from] SendError),
    /// A request got no reply.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// Rooms were not taken.
    #[error(transparent)]
    Room(#[from] RoomError),
    /// A token was not taken.
    #[error(transparent)]
    Token(#[from] EmptyToken),
    /// The scope does not let the window send this event.
    #[error("the scope of this window does not allow it to send the event `{0}`")]
    EventNotAllowed(String),
    /// The scope does not let the window enter this room.
    #[error("the scope of this window does not allow it the room `{0}`")]
    RoomNotAllowed(String),
    /// The configuration gives the window no events.
    #[error("the window `{0}` is not among those that receive events (plugins.signal.windows)")]
    WindowNotAllowed(String),
    /// The payload of a message is not JSON.
    #[error("the payload is not JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The part of the plugin in Kotlin or Swift failed.
    #[cfg(mobile)]
    #[error(transparent)]
    Mobile(#[from] tauri::plugin::mobile::PluginInvokeError),
}

impl Error {
    /// A stable name of the error for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Config { .. } => "invalid_config",
            Self::Connect(error) => error.code(),
            Self::Send(error) => error.code(),
            Self::Request(error) => error.code(),
            Self::Room(error) => error.code(),
            Self::Token(error) => error.code(),
            Self::EventNotAllowed(_) => "event_not_allowed",
            Self::RoomNotAllowed(_) => "room_not_allowed",
            Self::WindowNotAllowed(_) => "window_not_allowed",
            Self::Json(_) => "not_json",
            #[cfg(mobile)]
            Self::Mobile(_) => "mobile_plugin",
        }
    }
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::Config { field: name_of(error.field()).to_owned(), rule: error.rule().to_owned() }
    }
}

impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut error = serializer.serialize_struct("Error", 2)?;
        error.serialize_field("code", self.code())?;
        error.serialize_field("message", &self.to_string())?;
        error.end()
    }
}

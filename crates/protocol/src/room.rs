//! Room names.

use std::fmt;
use std::sync::Arc;

/// The longest room name, in UTF-16 units, that a server accepts.
pub const MAX_ROOM_NAME_UNITS: usize = 256;

/// Prefix of the rooms that belong to the server itself.
pub const RESERVED_ROOM_PREFIX: &str = "ws:";

/// The name of a room that a server can accept: 1 to 256 UTF-16 units, not starting with `ws:`.
///
/// A server drops other names without a word, so they are refused here instead. What else an
/// application's validator refuses cannot be known in advance: a refused join is silence.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomName(Arc<str>);

impl RoomName {
    /// Checks a name.
    pub fn new(name: impl AsRef<str>) -> Result<Self, RoomNameError> {
        let name = name.as_ref();
        if name.is_empty() {
            return Err(RoomNameError::Empty);
        }
        let units = name.encode_utf16().count();
        if units > MAX_ROOM_NAME_UNITS {
            return Err(RoomNameError::TooLong { units });
        }
        if name.starts_with(RESERVED_ROOM_PREFIX) {
            return Err(RoomNameError::Reserved);
        }
        Ok(Self(name.into()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RoomName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for RoomName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for RoomName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for RoomName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for RoomName {
    type Err = RoomNameError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::new(name)
    }
}

/// Why a text is not a room name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RoomNameError {
    /// The name has no characters.
    #[error("the room name is empty; 1 to {MAX_ROOM_NAME_UNITS} UTF-16 units are allowed")]
    Empty,
    /// The name is too long.
    #[error(
        "the room name has {units} UTF-16 units; 1 to {MAX_ROOM_NAME_UNITS} UTF-16 units are allowed"
    )]
    TooLong {
        /// Length of the refused name in UTF-16 units.
        units: usize,
    },
    /// The name belongs to the server.
    #[error(
        "the room name starts with `{RESERVED_ROOM_PREFIX}`, which is reserved for the server's own rooms"
    )]
    Reserved,
}

impl RoomNameError {
    /// A stable name of the error for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "room_name_empty",
            Self::TooLong { .. } => "room_name_too_long",
            Self::Reserved => "room_name_reserved",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_utf16_units() {
        assert!(RoomName::new("a".repeat(256)).is_ok());
        assert_eq!(RoomName::new("a".repeat(257)), Err(RoomNameError::TooLong { units: 257 }));
        assert!(RoomName::new("👋".repeat(128)).is_ok());
        assert_eq!(RoomName::new("👋".repeat(129)), Err(RoomNameError::TooLong { units: 258 }));
    }

    #[test]
    fn the_servers_own_rooms_are_refused() {
        assert_eq!(RoomName::new("ws:room:x"), Err(RoomNameError::Reserved));
        assert_eq!(RoomName::new(""), Err(RoomNameError::Empty));
        assert!(RoomName::new("ws-default").is_ok());
    }
}

//! What a window may send, and where it may go.

use std::sync::Arc;

use glob::Pattern;
use serde::Deserialize;
use tauri::ipc::{CommandScope, GlobalScope};

use crate::error::{Error, Result};

/// An entry of a scope: `{ "event": "chat.*" }` or `{ "room": "team-*" }`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Entry {
    Event { event: Glob },
    Room { room: Glob },
}

/// A name, in which `*` stands for anything.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Glob(Pattern);

impl TryFrom<String> for Glob {
    type Error = glob::PatternError;

    fn try_from(pattern: String) -> std::result::Result<Self, Self::Error> {
        Pattern::new(&pattern).map(Self)
    }
}

impl Entry {
    fn event(&self) -> Option<&Pattern> {
        match self {
            Self::Event { event } => Some(&event.0),
            Self::Room { .. } => None,
        }
    }

    fn room(&self) -> Option<&Pattern> {
        match self {
            Self::Room { room } => Some(&room.0),
            Self::Event { .. } => None,
        }
    }
}

/// The scope of one call: that of the command in the window's capability, and the plugin's own.
///
/// Of events and of rooms, everything is allowed until one is listed. What is denied stays denied.
pub(crate) struct Scope<'a> {
    allowed: Vec<&'a Arc<Entry>>,
    denied: Vec<&'a Arc<Entry>>,
}

impl<'a> Scope<'a> {
    pub(crate) fn new(command: &'a CommandScope<Entry>, global: &'a GlobalScope<Entry>) -> Self {
        Self {
            allowed: command.allows().iter().chain(global.allows()).collect(),
            denied: command.denies().iter().chain(global.denies()).collect(),
        }
    }

    /// Refuses an event that may not be sent.
    pub(crate) fn check_event(&self, event: &str) -> Result<()> {
        if self.allows(event, Entry::event) {
            Ok(())
        } else {
            Err(Error::EventNotAllowed(event.to_owned()))
        }
    }

    /// Refuses the whole list where one room is not allowed.
    pub(crate) fn check_rooms(&self, rooms: &[String]) -> Result<()> {
        match rooms.iter().find(|room| !self.allows(room, Entry::room)) {
            Some(room) => Err(Error::RoomNotAllowed(room.clone())),
            None => Ok(()),
        }
    }

    fn allows(&self, name: &str, kind: impl Fn(&Entry) -> Option<&Pattern>) -> bool {
        let mut denied = self.denied.iter().filter_map(|entry| kind(entry));
        if denied.any(|pattern| pattern.matches(name)) {
            return false;
        }
        let mut allowed = self.allowed.iter().filter_map(|entry| kind(entry)).peekable();
        allowed.peek().is_none() || allowed.any(|pattern| pattern.matches(name))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail")]

    use serde_json::{Value, from_value, json};

    use super::*;

    fn entries(json: Value) -> Vec<Arc<Entry>> {
        from_value::<Vec<Entry>>(json).unwrap().into_iter().map(Arc::new).collect()
    }

    fn check(allow: Value, deny: Value, test: impl Fn(&Scope<'_>)) {
        let (allow, deny) = (entries(allow), entries(deny));
        test(&Scope { allowed: allow.iter().collect(), denied: deny.iter().collect() });
    }

    #[test]
    fn everything_is_allowed_until_one_is_listed() {
        check(json!([]), json!([]), |scope| scope.check_event("chat").unwrap());
        check(json!([{ "room": "a" }]), json!([]), |scope| {
            scope.check_event("chat").unwrap();
            scope.check_rooms(&["a".into()]).unwrap();
            let refused = scope.check_rooms(&["a".into(), "b".into()]).unwrap_err();
            assert_eq!(refused.code(), "room_not_allowed");
        });
    }

    #[test]
    fn what_is_denied_stays_denied() {
        check(json!([{ "event": "*" }]), json!([{ "event": "admin.*" }]), |scope| {
            scope.check_event("chat").unwrap();
            assert_eq!(scope.check_event("admin.ban").unwrap_err().code(), "event_not_allowed");
        });
    }

    #[test]
    fn a_pattern_that_is_none_is_refused() {
        assert!(from_value::<Entry>(json!({ "event": "***" })).is_err());
        assert!(from_value::<Entry>(json!({ "evnt": "chat" })).is_err());
    }
}

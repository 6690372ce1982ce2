//! What a client tells, and what a step looks for in it.

use aldis_client::{CloseReason, ConnectionState, Session, SignalEvent, StateChange};
use serde_json::{Value, json};

use crate::names::Names;
use crate::payload::Payload;
use crate::table::{SessionFields, StateFields};

/// What a step looks for.
pub(crate) enum Wanted<'a> {
    State(&'a StateFields),
    Session(&'a SessionFields),
    Message { event: &'a str, data: Option<&'a Payload> },
    Error { code: &'a str },
}

impl Wanted<'_> {
    /// Whether this is it; panics if it may not be passed over, or is not as the step wants it.
    pub(crate) fn is(&self, told: &SignalEvent, names: &mut Names) -> bool {
        match (self, told) {
            (Self::State(fields), SignalEvent::State(change)) => {
                let found = change.state.as_str() == fields.state;
                if found {
                    fields.assert_is(change);
                }
                found
            }
            (Self::Session(fields), SignalEvent::Connected(session)) => {
                fields.assert_is(session, names);
                true
            }
            (Self::Message { event, data }, SignalEvent::Message(message)) => {
                assert_eq!(message.event(), *event, "data: {}", message.data());
                if let Some(data) = data {
                    data.assert_is(message.data(), names);
                }
                true
            }
            (Self::Error { code }, _) if error_code(told).is_some_and(|told| told == *code) => true,
            (
                Self::Session(_) | Self::Message { .. } | Self::Error { .. },
                SignalEvent::State(_),
            )
            | (
                Self::State(_) | Self::Message { .. } | Self::Error { .. },
                SignalEvent::Connected(_),
            ) => false,
            _ => panic!("nobody expected {told:?}"),
        }
    }

    /// The payload as the step has it.
    pub(crate) fn data(&self) -> Option<&Value> {
        match self {
            Self::Message { data, .. } => data.map(Payload::as_written),
            _ => None,
        }
    }
}

impl StateFields {
    fn assert_is(&self, change: &StateChange) {
        if let Some(reason) = &self.reason {
            assert_eq!(change.reason.as_ref().map(CloseReason::code), Some(reason.as_str()));
        }
        if let Some(code) = self.close_code {
            let found = change.reason.as_ref().and_then(CloseReason::close_code);
            assert_eq!(found.map(|found| found.0), Some(code));
        }
        if let Some(attempt) = self.attempt {
            assert_eq!(change.attempt, attempt);
        }
        if let Some(retry_in_ms) = &self.retry_in_ms {
            assert_eq!(told_retry_in(change), *retry_in_ms);
        }
    }
}

impl SessionFields {
    /// Panics if it is another one.
    pub(crate) fn assert_is(&self, session: &Session, names: &mut Names) {
        if let Some(user_id) = &self.user_id {
            assert_eq!(session.user_id.as_ref(), Some(user_id));
        }
        if let Some(encrypted) = self.encrypted {
            assert_eq!(session.encrypted, encrypted);
        }
        if let Some(name) = &self.client_id {
            names.bind(name, &session.client_id);
        }
    }
}

/// An event as it is written down; a message with the step's payload.
pub(crate) fn told(event: &SignalEvent, data: Option<&Value>) -> Value {
    match event {
        SignalEvent::State(change) => told_state(change),
        SignalEvent::Connected(session) => json!({ "session": told_session(session) }),
        SignalEvent::Message(message) => {
            let mut told = json!({ "event": message.event() });
            if let Some(data) = data {
                told["data"] = data.clone();
            }
            json!({ "message": told })
        }
        other => json!({ "error": error_code(other) }),
    }
}

fn told_state(change: &StateChange) -> Value {
    let mut told = json!({ "state": change.state.as_str() });
    if let Some(reason) = &change.reason {
        told["reason"] = reason.code().into();
        if let Some(code) = reason.close_code() {
            told["close_code"] = code.0.into();
        }
    }
    if change.state == ConnectionState::Reconnecting {
        told["attempt"] = change.attempt.into();
        told["retry_in_ms"] = told_retry_in(change);
    }
    told
}

/// The delay in milliseconds; `null` while there is no network.
fn told_retry_in(change: &StateChange) -> Value {
    change.retry_in.map(|delay| u64::try_from(delay.as_millis()).unwrap()).into()
}

pub(crate) fn told_session(session: &Session) -> Value {
    json!({ "user_id": session.user_id, "encrypted": session.encrypted })
}

fn error_code(event: &SignalEvent) -> Option<&'static str> {
    match event {
        SignalEvent::Error(error) => Some(error.code()),
        SignalEvent::Lagged { .. } => Some("lagged"),
        _ => None,
    }
}

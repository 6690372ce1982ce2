//! What crosses to a page. `guest-js/models.ts` says the same in TypeScript; `scripts/test` compares
//! the two.

use std::time::Duration;

use aldis_client::{CloseReason, ConnectionState, Message, Session, SignalError, StateChange};
use serde::Serialize;
use serde_json::value::RawValue;

/// Something that happened, as a page sees it: `{ type, payload }` in a stream, `signal:TYPE` with
/// the payload on the bus.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", content = "payload", rename_all = "camelCase")]
pub(crate) enum Event {
    State(StatePayload),
    Connected(Identity),
    Disconnected(Disconnected),
    Reconnecting(Reconnecting),
    Message(Received),
    Error(Failure),
}

impl Event {
    /// Bytes that it takes, about: what is not a message or an error is small.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Message(Received { event, data }) => event.len() + data.get().len(),
            Self::Error(Failure { message, .. }) => message.len(),
            Self::State(_) | Self::Connected(_) | Self::Disconnected(_) | Self::Reconnecting(_) => {
                64
            }
        }
    }
}

/// The state of the connection, under the name that every face of Aldis spells.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    Disconnected,
    Connecting,
    Connected,
    Authenticating,
    Authenticated,
    Reconnecting,
}

impl From<ConnectionState> for State {
    fn from(state: ConnectionState) -> Self {
        match state {
            ConnectionState::Disconnected => Self::Disconnected,
            ConnectionState::Connecting => Self::Connecting,
            ConnectionState::Connected => Self::Connected,
            ConnectionState::Authenticating => Self::Authenticating,
            ConnectionState::Authenticated => Self::Authenticated,
            ConnectionState::Reconnecting => Self::Reconnecting,
        }
    }
}

/// The state of the connection, and why it came to it.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct StatePayload {
    pub(crate) state: State,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub(crate) reason: Option<String>,
    /// A stable name of the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub(crate) cause: Option<&'static str>,
}

/// Who the server says we are.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Identity {
    pub(crate) client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub(crate) user_id: Option<String>,
}

impl From<Session> for Identity {
    fn from(session: Session) -> Self {
        Self { client_id: session.client_id, user_id: session.user_id }
    }
}

/// The connection ended, and no other one is attempted.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Disconnected {
    pub(crate) reason: String,
    /// A stable name of the reason.
    pub(crate) cause: &'static str,
    /// The WebSocket close code, where one stands for the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub(crate) code: Option<u16>,
}

/// The connection ended, and an attempt at another one is planned.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reconnecting {
    pub(crate) attempt: u32,
    /// `null` while there is no network.
    pub(crate) delay_ms: Option<u64>,
}

/// A decrypted message. The payload stays the text that the peer wrote.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Received {
    pub(crate) event: String,
    #[cfg_attr(test, ts(type = "unknown"))]
    pub(crate) data: Box<RawValue>,
}

impl TryFrom<&Message> for Received {
    type Error = serde_json::Error;

    fn try_from(message: &Message) -> Result<Self, Self::Error> {
        let data = RawValue::from_string(message.data().to_owned())?;
        Ok(Self { event: message.event().to_owned(), data })
    }
}

/// Something to know about.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Failure {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl From<&SignalError> for Failure {
    fn from(error: &SignalError) -> Self {
        Self { code: error.code(), message: error.to_string() }
    }
}

/// Where a stream begins.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Snapshot {
    /// `null` where the stream begins with events that tell it, as is `reconnecting`.
    pub(crate) state: Option<StatePayload>,
    pub(crate) reconnecting: Option<Reconnecting>,
    pub(crate) client_id: Option<String>,
    pub(crate) cursor: String,
}

/// What was counted so far.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Stats {
    state: State,
    connected_for_ms: Option<u64>,
    rtt_ms: Option<f64>,
    attempts: u64,
    sessions: u64,
    messages_received: u64,
    messages_sent: u64,
    bytes_received: u64,
    bytes_sent: u64,
    dropped: u64,
    lagged: u64,
    expired: u64,
    unsent: u64,
    last_close: Option<&'static str>,
}

impl From<aldis_client::Stats> for Stats {
    fn from(stats: aldis_client::Stats) -> Self {
        Self {
            state: stats.state.into(),
            connected_for_ms: stats.connected_for.map(millis),
            rtt_ms: stats.rtt.map(|rtt| rtt.as_secs_f64() * 1_000.0),
            attempts: stats.attempts,
            sessions: stats.sessions,
            messages_received: stats.messages_received,
            messages_sent: stats.messages_sent,
            bytes_received: stats.bytes_received,
            bytes_sent: stats.bytes_sent,
            dropped: stats.dropped.total(),
            lagged: stats.lagged,
            expired: stats.expired,
            unsent: stats.unsent,
            last_close: stats.last_close.as_ref().map(CloseReason::code),
        }
    }
}

/// A change of the state, and the event that it is besides, if any.
pub(crate) fn state_events(change: &StateChange) -> [Option<Event>; 2] {
    let reason = change.reason.as_ref();
    let (reason, cause) = reason.map(|reason| (reason.to_string(), reason.code())).unzip();
    let besides = match change.state {
        ConnectionState::Disconnected => Some(Event::Disconnected(Disconnected {
            reason: reason.clone().unwrap_or_default(),
            cause: cause.unwrap_or_default(),
            code: change.reason.as_ref().and_then(CloseReason::close_code).map(|code| code.0),
        })),
        ConnectionState::Reconnecting => Some(Event::Reconnecting(Reconnecting {
            attempt: change.attempt,
            delay_ms: change.retry_in.map(millis),
        })),
        _ => None,
    };
    [Some(Event::State(StatePayload { state: change.state.into(), reason, cause })), besides]
}

/// A time as JSON has it.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail")]

    use std::fs;

    use ts_rs::{Config, TS};

    use super::*;
    use crate::event_log::Batch;

    /// Leaves the types in TypeScript where the test of the guest API compares them with its own.
    #[test]
    fn types_are_told_in_typescript() {
        fn declare<T: TS>(config: &Config) -> String {
            format!("export {}\n", T::decl(config))
        }
        // A page reads JSON: its numbers are all of one kind.
        let config = Config::new().with_large_int("number");
        let types = [
            declare::<State>,
            declare::<StatePayload>,
            declare::<Identity>,
            declare::<Disconnected>,
            declare::<Reconnecting>,
            declare::<Received>,
            declare::<Failure>,
            declare::<Event>,
            declare::<Batch>,
            declare::<Snapshot>,
            declare::<Stats>,
        ];
        let text: String = types.iter().map(|declare| declare(&config)).collect();
        assert!(text.contains("clientId: string"), "{text}");
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/guest-js/generated");
        fs::create_dir_all(folder).unwrap();
        fs::write(format!("{folder}/rust.d.ts"), text).unwrap();
    }
}

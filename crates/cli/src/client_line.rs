//! What a client does, in lines for programs.

use aldis_client::{
    CloseReason, ConnectionState, DropCounts, Session, SignalError, StateChange, Stats,
};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::lines::json::ErrorLine;

/// A line of output.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub(crate) enum Line<'a> {
    State {
        state: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<&'static str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        close_code: Option<u16>,
        #[serde(skip_serializing_if = "Option::is_none")]
        attempt: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_in_ms: Option<f64>,
    },
    Connected {
        id: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        user_id: Option<&'a str>,
    },
    Event {
        event: &'a str,
        data: &'a RawValue,
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
    },
    Reply {
        tag: &'a RawValue,
        data: &'a RawValue,
    },
    Error(ErrorLine<'a>),
    Stats(StatsLine),
    Explain {
        text: String,
    },
}

impl<'a> Line<'a> {
    pub(crate) fn state(change: &StateChange) -> Self {
        let waiting = change.state == ConnectionState::Reconnecting;
        let reason = change.reason.as_ref();
        Self::State {
            state: change.state.as_str(),
            reason: reason.map(CloseReason::code),
            message: reason.map(ToString::to_string),
            close_code: reason.and_then(CloseReason::close_code).map(|code| code.0),
            attempt: waiting.then_some(change.attempt),
            retry_in_ms: change.retry_in.map(milliseconds),
        }
    }

    pub(crate) fn connected(session: &'a Session) -> Self {
        Self::Connected { id: &session.client_id, user_id: session.user_id.as_deref() }
    }

    pub(crate) fn event(message: &'a aldis_client::Message) -> Self {
        Self::Event { event: message.event(), data: raw(message.data()), id: message.id() }
    }

    pub(crate) fn reply(tag: &'a RawValue, message: &'a aldis_client::Message) -> Self {
        Self::Reply { tag, data: raw(message.data()) }
    }

    pub(crate) fn error(code: &'a str, message: &impl ToString, tag: Option<&'a RawValue>) -> Self {
        Self::Error(ErrorLine::new(code, message, tag))
    }

    pub(crate) fn report(error: &SignalError) -> Self {
        Self::error(error.code(), error, None)
    }
}

/// A payload that the client has checked to be JSON.
fn raw(json: &str) -> &RawValue {
    serde_json::from_str(json).unwrap_or(RawValue::NULL)
}

fn milliseconds(duration: std::time::Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

/// What the client has counted.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StatsLine {
    state: &'static str,
    connected_for_ms: Option<f64>,
    rtt_ms: Option<f64>,
    attempts: u64,
    sessions: u64,
    messages_received: u64,
    messages_sent: u64,
    frames_received: u64,
    frames_sent: u64,
    bytes_received: u64,
    bytes_sent: u64,
    dropped: DroppedLine,
    lagged: u64,
    expired: u64,
    unsent: u64,
    queued_events: usize,
    queued_bytes: usize,
    outbox_messages: usize,
    outbox_bytes: usize,
    last_close: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DroppedLine {
    total: u64,
    before_connected: u64,
    plaintext: u64,
    reflected: u64,
    replayed: u64,
    malformed: u64,
    binary: u64,
}

impl From<&Stats> for StatsLine {
    fn from(stats: &Stats) -> Self {
        Self {
            state: stats.state.as_str(),
            connected_for_ms: stats.connected_for.map(milliseconds),
            rtt_ms: stats.rtt.map(milliseconds),
            attempts: stats.attempts,
            sessions: stats.sessions,
            messages_received: stats.messages_received,
            messages_sent: stats.messages_sent,
            frames_received: stats.frames_received,
            frames_sent: stats.frames_sent,
            bytes_received: stats.bytes_received,
            bytes_sent: stats.bytes_sent,
            dropped: stats.dropped.into(),
            lagged: stats.lagged,
            expired: stats.expired,
            unsent: stats.unsent,
            queued_events: stats.queued_events,
            queued_bytes: stats.queued_bytes,
            outbox_messages: stats.outbox_messages,
            outbox_bytes: stats.outbox_bytes,
            last_close: stats.last_close.as_ref().map(CloseReason::code),
        }
    }
}

impl From<DropCounts> for DroppedLine {
    fn from(counts: DropCounts) -> Self {
        Self {
            total: counts.total(),
            before_connected: counts.before_connected,
            plaintext: counts.plaintext,
            reflected: counts.reflected,
            replayed: counts.replayed,
            malformed: counts.malformed,
            binary: counts.binary,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lines::json::to_text;
    use aldis_client::Message;

    #[test]
    fn a_payload_with_line_breaks_stays_one_line() {
        let text = "{\"event\":\"e\",\"id\":7,\"data\":{\r\n \"a\" : \"x\\ny\\u2028\"\n}}";
        let message = Message::parse(text.to_owned()).unwrap();
        assert_eq!(
            String::from_utf8(to_text(&Line::event(&message))).unwrap(),
            "{\"type\":\"event\",\"event\":\"e\",\"data\":{   \"a\" : \"x\\ny\\u2028\" },\"id\":\"7\"}\n"
        );
    }
}

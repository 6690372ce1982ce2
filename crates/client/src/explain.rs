//! The state of a client in words, for logs, bug reports and people.

use std::fmt::Write as _;
use std::time::Duration;

use crate::shared::Shared;
use crate::state::ConnectionState;

/// Tells where the connection stands, why, and what can be done about it.
pub(crate) fn explain(shared: &Shared) -> String {
    let (change, stats) = (shared.state(), shared.stats());
    let mut text = format!("{} · {}\n", change.state, shared.settings.endpoint);
    let mut line = |name: &str, value: String| {
        // Writing into memory cannot fail.
        let _ = writeln!(text, "  {name:<12}{value}");
    };
    if let Some(session) = shared.session() {
        let user = session.user_id.map(|user| format!(", user {user}")).unwrap_or_default();
        let cipher = if session.encrypted { "encrypted" } else { "NOT ENCRYPTED" };
        let since = stats.connected_for.unwrap_or_default();
        line("session", format!("{}{user}, {cipher}, for {}", session.client_id, rounded(since)));
    }
    if let Some(rtt) = stats.rtt {
        line("round trip", format!("{rtt:.1?}"));
    }
    if change.state == ConnectionState::Reconnecting {
        let limit = shared.settings.max_retries;
        let when = match change.retry_in {
            Some(delay) => format!("{} after the last one ended", rounded(delay)),
            None => "when the host reports a network".to_owned(),
        };
        line("next try", format!("number {} of {limit}, {when}", change.attempt));
    }
    match shared.token() {
        Some(token) => line("token", format!("set {} ago", rounded(token.since.elapsed()))),
        None => line("token", "none".to_owned()),
    }
    line("rooms", shared.rooms.lock().len().to_string());
    line("sessions", format!("{} of {} attempts", stats.sessions, stats.attempts));
    line(
        "messages",
        format!(
            "{} received, {} sent, {} unsent, {} expired",
            stats.messages_received, stats.messages_sent, stats.unsent, stats.expired
        ),
    );
    line(
        "waiting",
        format!(
            "{} events for the host, {} messages to send",
            stats.queued_events, stats.outbox_messages
        ),
    );
    line("dropped", format!("{} frames, {} events", stats.dropped.total(), stats.lagged));
    if let Some(reason) = &stats.last_close {
        line("last end", reason.to_string());
        if change.state != ConnectionState::Authenticated {
            line("what to do", reason.advice().to_owned());
        }
    }
    text
}

/// To the tenth of a second, which is enough for people.
fn rounded(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

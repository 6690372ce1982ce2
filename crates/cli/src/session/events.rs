//! From the client's events to lines.

use aldis_client::{CloseReason, ConnectionState, SignalEvent, SignalEvents, StateChange};

use crate::client_line::Line;
use crate::lines::output::Output;

/// Tells everything that happens, until the client is gone.
///
/// While the output takes nothing, events wait in the client.
pub(super) async fn tell_all(mut events: SignalEvents, output: Output) {
    let mut failures = Failures::default();
    while let Some(event) = events.next().await {
        match &event {
            SignalEvent::State(change) => {
                // It is this program that drops the client, at its own end.
                if matches!(change.reason, Some(CloseReason::Dropped)) {
                    continue;
                }
                if let Some(reason) = failures.of(change) {
                    output.tell(&Line::error(reason.code(), reason, None)).await;
                }
                output.tell(&Line::state(change)).await;
            }
            SignalEvent::Connected(session) => output.tell(&Line::connected(session)).await,
            SignalEvent::Message(message) => output.tell(&Line::event(message)).await,
            SignalEvent::Lagged { missed } => {
                let message = format!("{missed} events were dropped, as nobody took them");
                output.tell(&Line::error("lagged", &message, None)).await;
            }
            SignalEvent::Error(error) => output.tell(&Line::report(error)).await,
            unknown => tracing::error!(?unknown, "the client told something new"),
        }
    }
}

/// Tells failures from other changes of the state, each of them once.
#[derive(Default)]
struct Failures {
    /// The failure that led to this state was told, and only the wait for a retry has changed.
    reconnecting: bool,
}

impl Failures {
    /// Why a connection or an attempt failed, if that is what the change says.
    fn of<'a>(&mut self, change: &'a StateChange) -> Option<&'a CloseReason> {
        let told = std::mem::replace(
            &mut self.reconnecting,
            change.state == ConnectionState::Reconnecting,
        );
        let reason = change.reason.as_ref()?;
        let asked_for = matches!(reason, CloseReason::Disconnected | CloseReason::Dropped);
        (!told && !asked_for).then_some(reason)
    }
}

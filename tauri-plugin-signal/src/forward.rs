//! From the client to the log, and to the bus of the app.

use std::sync::Arc;

use aldis_client::{SignalEvent, SignalEvents};
use tauri::{AppHandle, Emitter as _, Runtime};

use crate::event_log::EventLog;
use crate::models::{Event, Failure, Received, state_events};

/// Events taken from the client at once.
const BATCH: usize = 256;

/// Takes the client's events until there are no more. No page can hold it up: what pages do not
/// take in time falls out of the log, and is counted.
pub(crate) async fn run<R: Runtime>(
    mut events: SignalEvents,
    log: Arc<EventLog>,
    bus: Option<AppHandle<R>>,
) {
    let mut batch = Vec::with_capacity(BATCH);
    while events.next_batch(&mut batch, BATCH).await > 0 {
        for event in batch.drain(..).flat_map(translate).flatten() {
            if let Some(Err(error)) = bus.as_ref().map(|app| emit(app, &event)) {
                tracing::warn!(%error, "an event was not emitted");
            }
            log.push(Arc::new(event));
        }
    }
}

fn translate(event: SignalEvent) -> [Option<Event>; 2] {
    let event = match event {
        SignalEvent::State(change) => return state_events(&change),
        SignalEvent::Connected(session) => Event::Connected(session.into()),
        SignalEvent::Message(message) => match Received::try_from(&message) {
            Ok(received) => Event::Message(received),
            Err(error) => Event::Error(Failure {
                code: "not_json",
                message: format!("the payload of `{}` is not JSON: {error}", message.event()),
            }),
        },
        SignalEvent::Lagged { missed } => Event::Error(Failure {
            code: "lagged",
            message: format!("{missed} events were dropped, as the app was too slow"),
        }),
        SignalEvent::Error(error) => Event::Error((&error).into()),
        _ => return [None, None],
    };
    [Some(event), None]
}

fn emit<R: Runtime>(app: &AppHandle<R>, event: &Event) -> tauri::Result<()> {
    match event {
        Event::State(payload) => app.emit("signal:state", payload),
        Event::Connected(payload) => app.emit("signal:connected", payload),
        Event::Disconnected(payload) => app.emit("signal:disconnected", payload),
        Event::Reconnecting(payload) => app.emit("signal:reconnecting", payload),
        Event::Message(payload) => app.emit("signal:message", payload),
        Event::Error(payload) => app.emit("signal:error", payload),
    }
}

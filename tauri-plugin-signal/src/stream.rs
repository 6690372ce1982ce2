//! The events as pages read them: in order, in batches, from where a page stood.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tauri::async_runtime::{self, JoinHandle};
use tauri::ipc::Channel;

use crate::event_log::{Batch, Cursor, EventLog};

/// The streams that are open, by the label of the page's webview and the id of the channel, which
/// is the webview's own numbering.
#[derive(Debug, Default)]
pub(crate) struct Streams(Mutex<HashMap<(String, u32), Stream>>);

/// A stream, which ends when it is dropped.
#[derive(Debug)]
struct Stream(JoinHandle<()>);

impl Drop for Stream {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Streams {
    /// Opens a stream of what comes behind a cursor.
    pub(crate) fn open(
        &self,
        webview: &str,
        channel: Channel<Batch>,
        log: Arc<EventLog>,
        cursor: Cursor,
    ) {
        let key = (webview.to_owned(), channel.id());
        let stream = Stream(async_runtime::spawn(feed(channel, log, cursor)));
        self.lock().insert(key, stream);
    }

    /// Ends one stream. One that has ended already is nothing to complain about.
    pub(crate) fn close(&self, webview: &str, channel: u32) {
        self.lock().remove(&(webview.to_owned(), channel));
    }

    /// Ends all streams of a page that is gone.
    pub(crate) fn close_all(&self, webview: &str) {
        self.lock().retain(|(label, _), _| label != webview);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(String, u32), Stream>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hands on what there is, then waits for more, until the channel leads nowhere.
async fn feed(channel: Channel<Batch>, log: Arc<EventLog>, mut cursor: Cursor) {
    let mut news = log.watch();
    loop {
        // Marked before reading: what comes meanwhile wakes again.
        news.mark_unchanged();
        let batch = log.read(cursor);
        if batch.cursor != cursor {
            cursor = batch.cursor;
            if let Err(error) = channel.send(batch) {
                tracing::debug!(%error, "a stream ended with its page");
                return;
            }
        } else if news.changed().await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail")]

    use std::sync::mpsc;
    use std::time::Duration;

    use serde_json::Value;
    use tauri::ipc::InvokeResponseBody;

    use super::*;
    use crate::event_log::Limits;
    use crate::models::{Event, Failure};

    /// Long enough for a busy machine; a test that passes never waits for it.
    const PATIENCE: Duration = Duration::from_secs(30);

    fn page() -> (Channel<Batch>, mpsc::Receiver<Value>) {
        let (sender, receiver) = mpsc::channel();
        let channel = Channel::new(move |body| {
            if let InvokeResponseBody::Json(json) = body {
                // A test that has seen enough has dropped the receiver.
                let _ = sender.send(serde_json::from_str(&json)?);
            }
            Ok(())
        });
        (channel, receiver)
    }

    fn log() -> Arc<EventLog> {
        Arc::new(EventLog::new(Limits { events: 3, bytes: 1_000 }))
    }

    fn push(log: &EventLog, message: &str) {
        log.push(Arc::new(Event::Error(Failure { code: "test", message: message.to_owned() })));
    }

    #[test]
    fn a_page_that_comes_again_gets_what_it_missed_and_then_what_comes() {
        let (log, streams) = (log(), Streams::default());
        push(&log, "seen");
        let cursor = log.end();
        push(&log, "missed");
        let (channel, batches) = page();
        streams.open("main", channel, Arc::clone(&log), cursor);
        let batch = batches.recv_timeout(PATIENCE).unwrap();
        assert_eq!(batch["events"][0]["type"], "error");
        assert_eq!(batch["events"][0]["payload"]["message"], "missed");
        assert_eq!(batch["missed"], 0);
        push(&log, "live");
        let batch = batches.recv_timeout(PATIENCE).unwrap();
        assert_eq!(batch["events"][0]["payload"]["message"], "live");
        assert_eq!(batch["cursor"], log.end().to_string());
    }

    #[test]
    fn a_page_that_comes_too_late_is_told_how_much_it_missed() {
        let (log, streams) = (log(), Streams::default());
        let cursor = log.end();
        for message in ["one", "two", "three", "four", "five"] {
            push(&log, message);
        }
        let (channel, batches) = page();
        streams.open("main", channel, Arc::clone(&log), cursor);
        let batch = batches.recv_timeout(PATIENCE).unwrap();
        assert_eq!(batch["missed"], 2);
        assert_eq!(batch["events"].as_array().unwrap().len(), 3);
    }

    #[test]
    fn streams_end_with_their_page_and_no_other() {
        let (log, streams) = (log(), Streams::default());
        let ((gone, gone_batches), (stays, batches)) = (page(), page());
        streams.open("gone", gone, Arc::clone(&log), log.end());
        streams.open("stays", stays, Arc::clone(&log), log.end());
        streams.close_all("gone");
        push(&log, "live");
        batches.recv_timeout(PATIENCE).unwrap();
        // Its channel is dropped with the task, and the sender with the channel.
        assert_eq!(gone_batches.recv_timeout(PATIENCE), Err(mpsc::RecvTimeoutError::Disconnected));
    }
}

//! The events as pages read them: in order, in batches, from where a page stood.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tauri::async_runtime::{self, JoinHandle};
use tauri::ipc::Channel;
use tokio::sync::watch;

use crate::event_log::{Batch, Cursor, EventLog};
use crate::models::{Reconnecting, StatePayload};

/// Batches that may be on their way to a page. What Tauri holds for a page is not bounded: one that
/// hangs would otherwise collect all that comes.
const UNDER_WAY: usize = 4;

/// The streams that are open, and where pages stand.
#[derive(Debug)]
pub(crate) struct Streams {
    log: Arc<EventLog>,
    pages: Mutex<Pages>,
}

#[derive(Debug, Default)]
struct Pages {
    /// By the label of the page's webview and the id of the channel, which is the webview's own
    /// numbering.
    open: HashMap<(String, u32), Stream>,
    /// Up to where the pages of a webview have dealt with events, by its label.
    positions: HashMap<String, Cursor>,
}

/// What a stream begins with.
#[derive(Debug)]
pub(crate) struct Opening {
    pub(crate) cursor: Cursor,
    /// Where the connection stands, unless the stream's own events tell it.
    pub(crate) state: Option<StatePayload>,
    pub(crate) reconnecting: Option<Reconnecting>,
}

/// A stream, which ends when it is dropped.
#[derive(Debug)]
struct Stream {
    feed: JoinHandle<()>,
    acknowledged: watch::Sender<Cursor>,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.feed.abort();
    }
}

impl Streams {
    pub(crate) fn new(log: Arc<EventLog>) -> Self {
        Self { log, pages: Mutex::default() }
    }

    /// Opens a stream of what comes behind a cursor: the one that the page kept, or else where the
    /// page before it stood, or else the end.
    ///
    /// A page that reloads has kept its cursor. One in a new webview of an old name, as Android
    /// makes them, has not.
    pub(crate) fn open(
        &self,
        webview: &str,
        channel: Channel<Batch>,
        cursor: Option<&str>,
    ) -> Opening {
        let mut pages = self.lock();
        let cursor = cursor
            .map(|cursor| self.log.cursor(cursor))
            .or_else(|| pages.positions.get(webview).copied())
            .unwrap_or_else(|| self.log.end());
        pages.positions.insert(webview.to_owned(), cursor);
        // Before the stream begins: what comes meanwhile is in both, never in neither.
        let standing = self.log.standing(cursor);
        let key = (webview.to_owned(), channel.id());
        let (acknowledged, receiver) = watch::channel(cursor);
        let feed = async_runtime::spawn(feed(channel, Arc::clone(&self.log), cursor, receiver));
        pages.open.insert(key, Stream { feed, acknowledged });
        let (state, reconnecting) = standing.unzip();
        Opening { cursor, state, reconnecting: reconnecting.flatten() }
    }

    /// A page has dealt with what its stream brought up to a cursor.
    pub(crate) fn acknowledge(&self, webview: &str, channel: u32, cursor: &str) {
        let cursor = self.log.cursor(cursor);
        let mut pages = self.lock();
        if let Some(position) = pages.positions.get_mut(webview) {
            *position = cursor.max(*position);
        }
        if let Some(stream) = pages.open.get(&(webview.to_owned(), channel)) {
            stream.acknowledged.send_replace(cursor);
        }
    }

    /// Ends all streams of a page that is gone.
    pub(crate) fn close_all(&self, webview: &str) {
        self.lock().open.retain(|(label, _), _| label != webview);
    }

    /// Forgets where the pages of a webview stood: the next of its name begins anew.
    #[cfg(desktop)]
    pub(crate) fn forget(&self, webview: &str) {
        self.lock().positions.remove(webview);
    }

    fn lock(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hands on what there is, then waits for more, until the channel leads nowhere.
async fn feed(
    channel: Channel<Batch>,
    log: Arc<EventLog>,
    mut cursor: Cursor,
    mut acknowledged: watch::Receiver<Cursor>,
) {
    let mut news = log.watch();
    let mut under_way = VecDeque::with_capacity(UNDER_WAY);
    loop {
        // Marked before reading: what comes meanwhile wakes again.
        news.mark_unchanged();
        let batch = log.read(cursor);
        if batch.cursor == cursor {
            if news.changed().await.is_err() {
                return;
            }
            continue;
        }
        cursor = batch.cursor;
        if let Err(error) = channel.send(batch) {
            tracing::debug!(%error, "a stream ended with its page");
            return;
        }
        under_way.push_back(cursor);
        if under_way.len() == UNDER_WAY
            && let Some(oldest) = under_way.pop_front()
            && acknowledged.wait_for(|up_to| *up_to >= oldest).await.is_err()
        {
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

    /// A page that follows a stream.
    struct Page {
        webview: &'static str,
        channel: u32,
        batches: mpsc::Receiver<Value>,
    }

    impl Page {
        fn open(streams: &Streams, webview: &'static str, cursor: Option<&str>) -> Self {
            let (sender, batches) = mpsc::channel();
            let channel = Channel::new(move |body| {
                if let InvokeResponseBody::Json(json) = body {
                    // A test that has seen enough has dropped the receiver.
                    let _ = sender.send(serde_json::from_str(&json)?);
                }
                Ok(())
            });
            let id = channel.id();
            streams.open(webview, channel, cursor);
            Self { webview, channel: id, batches }
        }

        fn batch(&self) -> Value {
            self.batches.recv_timeout(PATIENCE).unwrap()
        }

        /// The messages of the next batch, which it deals with.
        fn deal(&self, streams: &Streams) -> Vec<String> {
            let batch = self.batch();
            streams.acknowledge(self.webview, self.channel, batch["cursor"].as_str().unwrap());
            messages(&batch)
        }
    }

    fn messages(batch: &Value) -> Vec<String> {
        let events = batch["events"].as_array().unwrap().iter();
        events.map(|event| event["payload"]["message"].as_str().unwrap().to_owned()).collect()
    }

    fn streams() -> Streams {
        Streams::new(Arc::new(EventLog::new(Limits { events: 6, bytes: 1_000 })))
    }

    fn push(streams: &Streams, message: &str) {
        let event = Event::Error(Failure { code: "test", message: message.to_owned() });
        streams.log.push(Arc::new(event));
    }

    #[test]
    fn a_page_that_reloads_gets_what_it_missed_and_then_what_comes() {
        let streams = streams();
        push(&streams, "seen");
        let cursor = streams.log.end().to_string();
        push(&streams, "missed");
        let page = Page::open(&streams, "main", Some(&cursor));
        let batch = page.batch();
        assert_eq!(batch["events"][0]["type"], "error");
        assert_eq!((messages(&batch), &batch["missed"]), (vec!["missed".into()], &0.into()));
        push(&streams, "live");
        let batch = page.batch();
        assert_eq!(messages(&batch), ["live"]);
        assert_eq!(batch["cursor"], streams.log.end().to_string());
    }

    #[test]
    fn a_page_that_comes_too_late_is_told_how_much_it_missed() {
        let streams = streams();
        let cursor = streams.log.end().to_string();
        for message in ["1", "2", "3", "4", "5", "6", "7", "8"] {
            push(&streams, message);
        }
        let batch = Page::open(&streams, "main", Some(&cursor)).batch();
        assert_eq!(batch["missed"], 2);
        assert_eq!(messages(&batch), ["3", "4", "5", "6", "7", "8"]);
    }

    #[test]
    fn a_page_in_a_new_webview_of_an_old_name_goes_on_where_the_one_before_stood() {
        let streams = streams();
        let before = Page::open(&streams, "main", None);
        push(&streams, "dealt with");
        before.deal(&streams);
        push(&streams, "on its way");
        before.batch();
        streams.close_all("main");
        let after = Page::open(&streams, "main", None);
        assert_eq!(after.deal(&streams), ["on its way"]);
        streams.forget("main");
        push(&streams, "before its time");
        let another = Page::open(&streams, "main", None);
        push(&streams, "live");
        assert_eq!(another.deal(&streams), ["live"]);
    }

    #[test]
    fn a_page_that_hangs_gets_no_more_than_a_few_batches() {
        let streams = streams();
        let page = Page::open(&streams, "main", None);
        let batches: Vec<_> = (0..UNDER_WAY)
            .map(|number| {
                push(&streams, &number.to_string());
                page.batch()
            })
            .collect();
        // More than the log holds: the page will hear how many are gone.
        for number in 0..8 {
            push(&streams, &format!("late {number}"));
        }
        let other = Page::open(&streams, "other", batches[0]["cursor"].as_str());
        assert_eq!(other.batch()["missed"], 5, "the other page reads behind all that was pushed");
        assert_eq!(page.batches.try_recv(), Err(mpsc::TryRecvError::Empty));
        streams.acknowledge("main", page.channel, batches[0]["cursor"].as_str().unwrap());
        let batch = page.batch();
        assert_eq!(batch["missed"], 2);
        assert_eq!(messages(&batch).last().unwrap(), "late 7");
    }

    #[test]
    fn streams_end_with_their_page_and_no_other() {
        let streams = streams();
        let gone = Page::open(&streams, "gone", None);
        let stays = Page::open(&streams, "stays", None);
        streams.close_all("gone");
        push(&streams, "live");
        assert_eq!(stays.deal(&streams), ["live"]);
        // Its channel is dropped with the task, and the sender with the channel.
        assert_eq!(gone.batches.recv_timeout(PATIENCE), Err(mpsc::RecvTimeoutError::Disconnected));
    }
}

//! The latest events, for pages that come late or come again.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;
use tokio::sync::watch;

use crate::models::{Event, Reconnecting, StatePayload};
use crate::standing::Standing;

/// How much is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) events: usize,
    pub(crate) bytes: usize,
}

/// The latest events, numbered from 1. The oldest make room for new ones.
#[derive(Debug)]
pub(crate) struct EventLog {
    epoch: u128,
    limits: Limits,
    kept: Mutex<Kept>,
    last: watch::Sender<u64>,
}

#[derive(Debug)]
struct Kept {
    standing: Standing,
    events: VecDeque<Arc<Event>>,
    bytes: usize,
    /// Events that had to go, so the number of the one before the first that is kept.
    gone: u64,
}

impl Kept {
    fn new() -> Self {
        Self { standing: Standing::new(), events: VecDeque::new(), bytes: 0, gone: 0 }
    }

    fn last(&self) -> u64 {
        // A `usize` has 64 bits at most.
        self.gone + self.events.len() as u64
    }
}

/// Behind which event a reader stands. Opaque to pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cursor {
    epoch: u128,
    number: u64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}-{:x}", self.epoch, self.number)
    }
}

impl Serialize for Cursor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Events in a row, what is missing before them, and where the reader stands behind them.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Batch {
    pub(crate) events: Vec<Arc<Event>>,
    pub(crate) missed: u64,
    #[cfg_attr(test, ts(type = "string"))]
    pub(crate) cursor: Cursor,
}

/// One batch to a page; more of it would hold up what else the page does.
const BATCH: Limits = Limits { events: 256, bytes: 256 << 10 };

impl EventLog {
    pub(crate) fn new(limits: Limits) -> Self {
        // A run of the app before the epoch of Unix is as good as any other.
        let epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        Self { epoch, limits, kept: Mutex::new(Kept::new()), last: watch::Sender::new(0) }
    }

    pub(crate) fn push(&self, event: Arc<Event>) {
        let mut kept = self.lock();
        let number = kept.last() + 1;
        kept.standing.update(number, &event);
        kept.bytes += event.size();
        kept.events.push_back(event);
        while kept.events.len() > self.limits.events
            || (kept.bytes > self.limits.bytes && kept.events.len() > 1)
        {
            let Some(oldest) = kept.events.pop_front() else { break };
            kept.bytes -= oldest.size();
            kept.gone += 1;
        }
        self.last.send_replace(kept.last());
    }

    /// Behind all events that there are.
    pub(crate) fn end(&self) -> Cursor {
        Cursor { epoch: self.epoch, number: self.lock().last() }
    }

    /// Reads a cursor that a page kept. One of another run of the app, or none at all, stands
    /// before everything: what that page has not seen is all that there is.
    pub(crate) fn cursor(&self, text: &str) -> Cursor {
        let number = text
            .split_once('-')
            .filter(|(epoch, _)| u128::from_str_radix(epoch, 16) == Ok(self.epoch))
            .and_then(|(_, number)| u64::from_str_radix(number, 16).ok())
            .filter(|number| *number <= self.lock().last())
            .unwrap_or(0);
        Cursor { epoch: self.epoch, number }
    }

    /// The events behind a cursor, as many as one batch holds; none if there are no new ones.
    pub(crate) fn read(&self, cursor: Cursor) -> Batch {
        let kept = self.lock();
        let missed = kept.gone.saturating_sub(cursor.number);
        let seen = cursor.number.saturating_sub(kept.gone);
        let mut bytes = 0;
        let events: Vec<_> = kept
            .events
            .iter()
            .skip(usize::try_from(seen).unwrap_or(usize::MAX))
            .take(BATCH.events)
            .take_while(|event| {
                let fits = bytes == 0 || bytes + event.size() <= BATCH.bytes;
                bytes += event.size();
                fits
            })
            .cloned()
            .collect();
        let number = cursor.number + missed + events.len() as u64;
        Batch { events, missed, cursor: Cursor { epoch: self.epoch, number } }
    }

    /// Where the connection stands, for a reader who has not been told behind this cursor.
    pub(crate) fn standing(&self, cursor: Cursor) -> Option<(StatePayload, Option<Reconnecting>)> {
        self.lock().standing.after(cursor.number)
    }

    /// Tells when there are new events.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.last.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "a test may fail")]

    use super::*;
    use crate::models::Failure;

    fn event(message: &str) -> Arc<Event> {
        Arc::new(Event::Error(Failure { code: "test", message: message.to_owned() }))
    }

    fn log(events: usize, bytes: usize) -> EventLog {
        EventLog::new(Limits { events, bytes })
    }

    fn messages(batch: &Batch) -> Vec<&str> {
        fn message(event: &Event) -> &str {
            match event {
                Event::Error(Failure { message, .. }) => message,
                other => panic!("{other:?} was not pushed"),
            }
        }
        batch.events.iter().map(|event| message(event)).collect()
    }

    #[test]
    fn a_reader_goes_on_where_it_stood() {
        let log = log(10, 1_000);
        log.push(event("one"));
        let cursor = log.cursor(&log.end().to_string());
        log.push(event("two"));
        let batch = log.read(cursor);
        assert_eq!((messages(&batch), batch.missed), (vec!["two"], 0));
        assert_eq!(log.read(batch.cursor).events.len(), 0);
    }

    #[test]
    fn what_is_gone_is_counted() {
        let log = log(2, 1_000);
        for message in ["one", "two", "three", "four"] {
            log.push(event(message));
        }
        let batch = log.read(log.cursor(""));
        assert_eq!((messages(&batch), batch.missed), (vec!["three", "four"], 2));
        assert_eq!(log.read(batch.cursor).missed, 0);
    }

    #[test]
    fn the_latest_event_is_kept_however_large_it_is() {
        let log = log(10, 8);
        log.push(event("small"));
        log.push(event("larger than all that may be kept"));
        assert_eq!(log.read(log.cursor("")).events.len(), 1);
    }

    #[test]
    fn a_cursor_of_another_run_stands_before_everything() {
        let log = log(10, 1_000);
        log.push(event("one"));
        for strange in ["1-1", "", "-", "x-y"] {
            assert_eq!(log.read(log.cursor(strange)).events.len(), 1, "{strange}");
        }
    }

    #[test]
    fn a_batch_is_bounded() {
        let log = log(1_000, 1 << 30);
        for _ in 0..300 {
            log.push(event("x"));
        }
        let first = log.read(log.cursor(""));
        assert_eq!(first.events.len(), 256);
        assert_eq!(log.read(first.cursor).events.len(), 44);
    }
}

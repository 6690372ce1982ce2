//! What the handles of a client and its task have in common.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio::time::Instant;

use crate::close::CloseReason;
use crate::config::Settings;
use crate::delivery::Delivery;
use crate::error::RequestError;
use crate::event::{Session, SignalError, SignalEvent};
use crate::outbox::{Entry, Outbox};
use crate::rooms::WantedRooms;
use crate::state::{ConnectionState, StateChange};
use crate::stats::{Counters, Stats};
use crate::token::Token;

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) outbox: Outbox,
    pub(crate) rooms: WantedRooms,
    pub(crate) delivery: Delivery,
    pub(crate) counters: Counters,
    state: watch::Sender<StateChange>,
    session: Mutex<Option<OpenSession>>,
    token: Mutex<Option<CurrentToken>>,
}

#[derive(Debug, Clone)]
struct OpenSession {
    session: Session,
    since: Instant,
}

#[derive(Debug, Clone)]
pub(crate) struct CurrentToken {
    pub(crate) token: Token,
    pub(crate) since: Instant,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(crate) fn new(mut settings: Settings, delivery: Delivery) -> Self {
        // Taken, not copied: a token that is replaced later stays nowhere.
        let token = settings.token.take();
        let token = token.map(|token| CurrentToken { token, since: Instant::now() });
        Self {
            outbox: Outbox::new(settings.outbox),
            rooms: WantedRooms::new(std::mem::take(&mut settings.rooms)),
            delivery,
            counters: Counters::default(),
            state: watch::Sender::new(StateChange::to(ConnectionState::Disconnected)),
            session: Mutex::new(None),
            token: Mutex::new(token),
            settings,
        }
    }

    pub(crate) fn state(&self) -> StateChange {
        self.state.borrow().clone()
    }

    pub(crate) fn watch_state(&self) -> watch::Receiver<StateChange> {
        self.state.subscribe()
    }

    /// Tells everybody of a new state.
    pub(crate) fn set_state(&self, change: StateChange) {
        let reason = change.reason.as_ref().map(tracing::field::display);
        tracing::info!(state = %change.state, reason, "state changed");
        if let Some(reason) = &change.reason {
            self.counters.details().last_close = Some(reason.clone());
        }
        self.state.send_replace(change.clone());
        self.delivery.push(SignalEvent::State(change));
    }

    pub(crate) fn report(&self, error: SignalError) {
        tracing::warn!(code = error.code(), %error, "reported");
        self.delivery.push(SignalEvent::Error(error));
    }

    pub(crate) fn session(&self) -> Option<Session> {
        lock(&self.session).as_ref().map(|open| open.session.clone())
    }

    /// Messages may flow from now on.
    pub(crate) fn open(&self, session: Session) {
        self.counters.sessions.add(1);
        self.counters.details().rtt = None;
        *lock(&self.session) =
            Some(OpenSession { session: session.clone(), since: Instant::now() });
        self.outbox.open();
        self.set_state(StateChange::to(ConnectionState::Authenticated));
        self.delivery.push(SignalEvent::Connected(session));
    }

    /// Messages cannot flow any more; `unsent` of them were on their way.
    pub(crate) fn shut(&self, unsent: u64) {
        *lock(&self.session) = None;
        let mut count = unsent;
        for entry in self.outbox.close() {
            match entry {
                Entry::Message { .. } => count += 1,
                Entry::Request { reply, .. } => reply.fail(RequestError::ConnectionLost),
                Entry::Join(_) | Entry::Leave(_) => {}
            }
        }
        if count > 0 {
            self.count_unsent(count, &"the connection ended");
        }
    }

    /// Tells of messages that were accepted and cannot be sent.
    pub(crate) fn count_unsent(&self, count: u64, cause: &dyn std::fmt::Display) {
        tracing::warn!(count, %cause, "messages were not sent");
        self.counters.unsent.add(count);
        self.report(SignalError::MessagesUnsent { count });
    }

    /// Tells of what waited for too long.
    pub(crate) fn expire(&self, entries: Vec<Entry>) {
        for entry in entries {
            match entry {
                Entry::Message { message, .. } => {
                    self.counters.expired.add(1);
                    let event = message.event().into_owned();
                    self.report(SignalError::MessageExpired { event });
                }
                Entry::Request { reply, .. } => reply.time_out(),
                Entry::Join(_) | Entry::Leave(_) => {}
            }
        }
    }

    pub(crate) fn token(&self) -> Option<CurrentToken> {
        lock(&self.token).clone()
    }

    pub(crate) fn set_token(&self, token: Token) {
        *lock(&self.token) = Some(CurrentToken { token, since: Instant::now() });
    }

    /// Why the client's task has ended, or is about to.
    pub(crate) fn end(&self) -> CloseReason {
        match self.state.borrow().reason {
            Some(CloseReason::Internal) => CloseReason::Internal,
            _ => CloseReason::Dropped,
        }
    }

    /// Ends the stream of events behind the final state.
    pub(crate) fn finish(&self, reason: CloseReason) {
        self.outbox.end();
        self.shut(0);
        self.set_state(StateChange::disconnected(reason));
        self.delivery.close();
    }

    pub(crate) fn stats(&self) -> Stats {
        let since = lock(&self.session).as_ref().map(|open| open.since);
        let queue = self.delivery.depth();
        let (outbox_messages, outbox_bytes) = self.outbox.depth();
        let details = self.counters.details().clone();
        let counters = &self.counters;
        Stats {
            state: self.state.borrow().state,
            connected_for: since.map(|since| since.elapsed()),
            rtt: details.rtt.filter(|_| since.is_some()),
            attempts: counters.attempts.get(),
            sessions: counters.sessions.get(),
            messages_received: counters.messages_received.get(),
            messages_sent: counters.messages_sent.get(),
            frames_received: counters.frames_received.get(),
            frames_sent: counters.frames_sent.get(),
            bytes_received: counters.bytes_received.get(),
            bytes_sent: counters.bytes_sent.get(),
            dropped: details.dropped,
            lagged: queue.lagged,
            expired: counters.expired.get(),
            unsent: counters.unsent.get(),
            queued_events: queue.events,
            queued_bytes: queue.bytes,
            outbox_messages,
            outbox_bytes,
            last_close: details.last_close,
        }
    }
}

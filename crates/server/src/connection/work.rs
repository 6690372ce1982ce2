//! What the application does for one connection, one thing after another.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use aldis_protocol::{CloseCode, Message, RoomName};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use zeroize::Zeroizing;

use crate::auth::{Rejection, User};
use crate::client::Client;
use crate::metrics::Lost;
use crate::rooms;
use crate::server::Shared;

/// Received messages that may wait for the handler before reading stops.
const MAX_WAITING: usize = 64;

/// Bytes of received messages that may wait for the handler before reading stops.
const MAX_WAITING_BYTES: usize = 256 * 1024;

/// What a client asks for. Order matters among all of these: a message behind a join is handled in
/// the room, and a leave behind it wins.
#[derive(Debug)]
pub(super) enum Request {
    Message(Message),
    Join(Vec<RoomName>),
    Leave(Vec<RoomName>),
}

impl Request {
    fn size(&self) -> usize {
        match self {
            Self::Message(message) => message.size(),
            Self::Join(rooms) | Self::Leave(rooms) => rooms.len() * size_of::<RoomName>(),
        }
    }
}

/// What came of a piece of work.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The authenticator has decided.
    Verdict(Result<User, Rejection>),
    /// The application's code panicked.
    Panicked,
}

enum Task {
    Authenticate(BoxFuture<'static, Result<User, Rejection>>),
    Handle(BoxFuture<'static, ()>),
}

impl Task {
    /// Goes on with the task; `Err` if it panicked.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Outcome>, ()>> {
        match self {
            Self::Authenticate(task) => AssertUnwindSafe(task)
                .catch_unwind()
                .poll_unpin(cx)
                .map_ok(|verdict| Some(Outcome::Verdict(verdict))),
            Self::Handle(task) => {
                AssertUnwindSafe(task).catch_unwind().poll_unpin(cx).map_ok(|()| None)
            }
        }
        .map_err(|_| ())
    }
}

/// The queue of work and the piece that is being done, if any.
#[derive(Default)]
pub(super) struct Work {
    waiting: VecDeque<Request>,
    bytes: usize,
    current: Option<Task>,
    client: Option<Client>,
}

impl Work {
    /// Whether more may be read from the client.
    pub(super) fn has_space(&self) -> bool {
        self.waiting.len() < MAX_WAITING && self.bytes < MAX_WAITING_BYTES
    }

    pub(super) fn authenticate(&mut self, shared: &Shared, token: Zeroizing<String>) {
        let verdict = Arc::clone(&shared.authenticator).verdict(token);
        self.current = Some(Task::Authenticate(verdict));
    }

    /// Starts to work for a client that was let in.
    pub(super) fn begin(&mut self, shared: &Shared, client: Client) {
        let connected = Arc::clone(&shared.handler).connected(client.clone());
        self.client = Some(client);
        self.current = Some(Task::Handle(connected));
    }

    /// The client that was let in, if one was.
    pub(super) fn client(&self) -> Option<&Client> {
        self.client.as_ref()
    }

    pub(super) fn push(&mut self, request: Request) {
        self.bytes += request.size();
        self.waiting.push_back(request);
    }

    /// Goes on with the work. Pending while it waits, or while there is none.
    pub(super) fn poll(&mut self, shared: &Shared, cx: &mut Context<'_>) -> Poll<Outcome> {
        loop {
            let Some(current) = &mut self.current else {
                if self.start_next(shared) {
                    continue;
                }
                return Poll::Pending;
            };
            let done = ready!(current.poll(cx));
            self.current = None;
            match done {
                Ok(None) => {}
                Ok(Some(outcome)) => return Poll::Ready(outcome),
                Err(()) => return Poll::Ready(Outcome::Panicked),
            }
        }
    }

    /// Starts the next request; `false` if there is none.
    fn start_next(&mut self, shared: &Shared) -> bool {
        let Some(client) = &self.client else {
            return false;
        };
        while let Some(request) = self.waiting.pop_front() {
            self.bytes -= request.size();
            let client = client.clone();
            self.current = Some(Task::Handle(match request {
                Request::Leave(rooms) => {
                    for room in &rooms {
                        client.leave(room);
                    }
                    continue;
                }
                Request::Join(rooms) => {
                    let policy = Arc::clone(&shared.policy);
                    Box::pin(rooms::join_allowed(policy, client, rooms))
                }
                Request::Message(message) => Arc::clone(&shared.handler).message(client, message),
            }));
            return true;
        }
        self.waiting.shrink_to(0);
        false
    }

    /// Drops all that waits or is being done, and returns how much that was.
    pub(super) fn clear(&mut self) -> usize {
        self.bytes = 0;
        let current = usize::from(self.current.take().is_some());
        std::mem::take(&mut self.waiting).len() + current
    }

    /// Does what is left, and tells the handler that the client has gone.
    pub(super) async fn finish(&mut self, shared: &Shared, code: CloseCode) {
        let Some(client) = self.client.clone() else {
            self.clear();
            return;
        };
        poll_fn(|cx| match self.poll(shared, cx) {
            Poll::Ready(Outcome::Panicked) => {
                self.panicked(shared);
                Poll::Ready(())
            }
            Poll::Ready(Outcome::Verdict(_)) => Poll::Ready(()),
            Poll::Pending if self.current.is_none() => Poll::Ready(()),
            Poll::Pending => Poll::Pending,
        })
        .await;
        let gone = Arc::clone(&shared.handler).disconnected(client, code);
        if AssertUnwindSafe(gone).catch_unwind().await.is_err() {
            shared.metrics.panicked();
        }
    }

    /// Counts a panic of the application's code, and what will not be handled because of it.
    pub(super) fn panicked(&mut self, shared: &Shared) {
        shared.metrics.panicked();
        shared.metrics.lost(Lost::Unhandled, self.clear());
        tracing::error!("the application's code panicked while it worked for a client");
    }
}

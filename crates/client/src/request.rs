//! Requests: messages that a reply is awaited for.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use aldis_protocol::Message;
use aldis_protocol::client::RequestId;
use aldis_protocol::envelope::event;
use rand::{Rng, RngExt};
use serde::Serialize;
use tokio::time::Instant;

use crate::client::{SignalClient, is_allowed};
use crate::config::MAX_WAIT;
use crate::error::RequestError;
use crate::event::SignalEvent;
use crate::outbox::{Entry, Reply, ReplyReceiver};
use crate::shared::Shared;

/// Makes ids that no other client makes: some applications spread a request's id to everybody.
#[derive(Debug)]
pub(crate) struct RequestIds {
    prefix: u64,
    next: AtomicU64,
}

impl RequestIds {
    pub(crate) fn new(rng: &mut impl Rng) -> Self {
        Self { prefix: rng.random(), next: AtomicU64::new(1) }
    }

    fn next(&self) -> RequestId {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        format!("{:016x}-{number}", self.prefix).into()
    }
}

impl SignalClient {
    /// Sends a message and waits for the reply that has its `id`, for as long as `timeout`: 1 ms
    /// to 24 h. A reply that comes when nobody waits any more is an ordinary message, and one
    /// whose event is `error` is the server's refusal.
    ///
    /// Go on taking events meanwhile: the reply comes behind them, and a queue that is full stops
    /// it too.
    pub async fn request<T>(
        &self,
        event: &str,
        data: &T,
        timeout: Duration,
    ) -> Result<Message, RequestError>
    where
        T: Serialize + ?Sized,
    {
        self.start_request(event, data, timeout)?.await
    }

    /// Sends a message now, as [`request`](Self::request) does, and returns what waits for the
    /// reply: for who has other things to do meanwhile, or more to ask.
    pub fn start_request<T>(
        &self,
        event: &str,
        data: &T,
        timeout: Duration,
    ) -> Result<PendingReply, RequestError>
    where
        T: Serialize + ?Sized,
    {
        if !is_allowed(timeout) {
            return Err(RequestError::InvalidTimeout { timeout, max: MAX_WAIT });
        }
        let id = self.requests.next();
        let message = self.outgoing(event, data, Some(&id))?;
        let (reply, replied) = Reply::new(timeout);
        self.push(Entry::Request { message, id, deadline: Instant::now() + timeout, reply })?;
        Ok(PendingReply { replied, shared: Arc::clone(&self.shared) })
    }
}

/// Waits for the reply to a request that was sent; see [`SignalClient::start_request`]. Who drops it
/// does not wait any more, and the reply becomes an ordinary message, even if it was there already.
#[derive(Debug)]
#[must_use = "the reply goes to who waits for it"]
pub struct PendingReply {
    replied: ReplyReceiver,
    shared: Arc<Shared>,
}

impl Future for PendingReply {
    type Output = Result<Message, RequestError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let replied = ready!(Pin::new(&mut self.replied).poll(cx));
        Poll::Ready(match replied.unwrap_or(Err(RequestError::ConnectionLost)) {
            Ok(reply) if reply.event() == event::ERROR => Err(RequestError::Refused { reply }),
            other => other,
        })
    }
}

impl Drop for PendingReply {
    fn drop(&mut self) {
        self.replied.close();
        if let Ok(Ok(reply)) = self.replied.try_recv() {
            self.shared.delivery.push(SignalEvent::Message(reply));
        }
    }
}

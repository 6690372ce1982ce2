//! Requests: messages that a reply is awaited for.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use aldis_protocol::Message;
use aldis_protocol::client::RequestId;
use aldis_protocol::envelope::event;
use rand::{Rng, RngExt};
use serde::Serialize;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, timeout_at};

use crate::client::{SignalClient, is_allowed};
use crate::config::MAX_WAIT;
use crate::error::{RequestError, SendError};
use crate::event::SignalEvent;
use crate::outbox::{Entry, Reply, ReplyReceiver};
use crate::shared::Shared;

/// Before asking for room again, where there was some and it did not do.
const PAUSE: Duration = Duration::from_millis(2);

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
    /// to 24 h. While the outbox is full the message waits for room, within the same time. A reply
    /// that comes when nobody waits any more is an ordinary message, and one whose event is `error`
    /// is the server's refusal.
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
        let deadline = deadline(timeout)?;
        let mut has_waited = false;
        loop {
            let full = match self.begin(event, data, timeout, deadline) {
                // What does not fit into an empty one never fits.
                Err(RequestError::Send(full @ SendError::OutboxFull { messages: 1.., .. })) => full,
                begun => return begun?.await,
            };
            let room = async {
                // A large message may not fit into what counts as room, and others may be faster.
                if has_waited {
                    sleep(PAUSE).await;
                }
                self.outbox_ready(false).await;
            };
            let in_time = async { timeout_at(deadline, room).await };
            if with_timers(&self.runtime, in_time).await.is_err() {
                return Err(full.into());
            }
            has_waited = true;
        }
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
        self.begin(event, data, timeout, deadline(timeout)?)
    }

    fn begin<T>(
        &self,
        event: &str,
        data: &T,
        timeout: Duration,
        deadline: Instant,
    ) -> Result<PendingReply, RequestError>
    where
        T: Serialize + ?Sized,
    {
        let id = self.requests.next();
        let message = self.outgoing(event, data, Some(&id))?;
        let (reply, replied) = Reply::new(timeout);
        self.push(Entry::Request { message, id, deadline, reply })?;
        Ok(PendingReply { replied, shared: Arc::clone(&self.shared) })
    }
}

/// Polls a future that needs a runtime's timers, whichever executor polls this one.
async fn with_timers<F: Future>(runtime: &Handle, future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|cx| {
        let _entered = runtime.enter();
        future.as_mut().poll(cx)
    })
    .await
}

fn deadline(timeout: Duration) -> Result<Instant, RequestError> {
    if !is_allowed(timeout) {
        return Err(RequestError::InvalidTimeout { timeout, max: MAX_WAIT });
    }
    Ok(Instant::now() + timeout)
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

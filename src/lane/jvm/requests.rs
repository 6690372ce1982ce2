//! Requests that came by the lane.
//!
//! The host chooses a ticket for each, a number that it never chose before, and hears of it once:
//! the reply, or that there is none.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aldis_client::PendingReply;
use tokio::task::AbortHandle;

use super::host;
use crate::client::Core;
use crate::error::{Closed, RequestError};
use crate::lane::Batch;

/// The requests of one client, by ticket.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    by_ticket: Mutex<HashMap<i64, Request>>,
}

#[derive(Debug)]
enum Request {
    /// Its reply is waited for.
    Waiting(AbortHandle),
    /// The host was told that it failed, and has not asked why.
    Failed(RequestError),
}

impl Requests {
    fn lock(&self) -> MutexGuard<'_, HashMap<i64, Request>> {
        self.by_ticket.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a reply on the dispatcher, and hands it to the host there.
    pub(super) fn wait(core: &Arc<Core>, lane: i64, ticket: i64, pending: PendingReply) {
        let answering = answer(Arc::clone(core), lane, ticket, pending);
        // Held until the request is noted: its end takes it out again.
        let mut requests = core.requests().lock();
        let task = core.dispatcher().spawn(answering);
        requests.insert(ticket, Request::Waiting(task.abort_handle()));
    }

    /// The host does not wait any more, nor does it ask why a request failed.
    pub(super) fn cancel(&self, ticket: i64) {
        if let Some(Request::Waiting(task)) = self.lock().remove(&ticket) {
            task.abort();
        }
    }

    /// Why a request failed, once.
    pub(crate) fn take_failure(&self, ticket: i64) -> Option<RequestError> {
        let mut requests = self.lock();
        match requests.remove(&ticket)? {
            Request::Failed(error) => Some(error),
            waiting @ Request::Waiting(_) => {
                requests.insert(ticket, waiting);
                None
            }
        }
    }
}

async fn answer(core: Arc<Core>, lane: i64, ticket: i64, pending: PendingReply) {
    let replied: Result<_, RequestError> = match core.unless_closed(pending).await {
        Ok(replied) => replied.map_err(Into::into),
        Err(Closed) => Err(Closed.into()),
    };
    let reply = match replied {
        Ok(message) => {
            core.requests().lock().remove(&ticket);
            let mut batch = Batch::default();
            batch.push(&message);
            Some(batch)
        }
        Err(error) => {
            // Of one that was cancelled in the same moment nobody will ask.
            if let Some(request) = core.requests().lock().get_mut(&ticket) {
                *request = Request::Failed(error);
            }
            None
        }
    };
    core.gate().call(|_| host::reply(lane, ticket, reply.as_ref()));
}

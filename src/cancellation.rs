//! Ends calls that wait, for hosts that cannot drop them.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::client::SignalClient;
use crate::error::{ConnectError, RequestError};
use crate::event::{Message, Session};

/// Ends the calls that it is given to. A host drops a call that it no longer waits for, and the
/// generated Kotlin does; the generated Swift goes on waiting when its task is cancelled, and calls
/// [`cancel`](Self::cancel) instead.
#[derive(Debug, Default, uniffi::Object)]
pub struct Cancellation {
    token: CancellationToken,
}

#[uniffi::export]
impl Cancellation {
    /// Makes one for calls to come.
    #[uniffi::constructor]
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends the calls as dropping them does. One that has its result by then still returns it.
    pub fn cancel(&self) {
        self.token.cancel();
    }
}

/// Each is the call of the same name, and returns nothing when it was cancelled.
#[uniffi::export]
impl SignalClient {
    /// See [`connect`](Self::connect). The attempts go on.
    pub async fn connect_until(
        &self,
        cancellation: Arc<Cancellation>,
    ) -> Result<Option<Session>, ConnectError> {
        cancellation.token.run_until_cancelled(self.connect()).await.transpose()
    }

    /// See [`request`](Self::request). The reply is then an ordinary message.
    pub async fn request_until(
        &self,
        event: String,
        data: String,
        timeout_ms: i64,
        cancellation: Arc<Cancellation>,
    ) -> Result<Option<Message>, RequestError> {
        let request = self.request(event, data, timeout_ms);
        cancellation.token.run_until_cancelled(request).await.transpose()
    }

    /// See [`outbox_ready`](Self::outbox_ready). False when it was cancelled.
    pub async fn outbox_ready_until(&self, has_ttl: bool, cancellation: Arc<Cancellation>) -> bool {
        cancellation.token.run_until_cancelled(self.outbox_ready(has_ttl)).await.is_some()
    }
}

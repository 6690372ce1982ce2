//! What an application does with its clients' messages.

use std::borrow::Cow;
use std::future::Future;
use std::sync::Arc;

use aldis_protocol::{CloseCode, Message};
use futures_util::future::BoxFuture;

use crate::client::{Client, EmitError};

/// The application: what happens when clients come, speak and go.
///
/// The calls for one client come one after another, in the order of its messages; those for
/// different clients run at the same time, each in the task of its connection. While a call
/// waits, the connection lives on: what is sent to the client goes out, and some more messages
/// are read, after which the client's network feels the back pressure. So spawn what may take
/// long and what need not keep the order. A call that panics costs its client the connection
/// (close 1011), and nobody else anything.
///
/// When a client goes, what it had sent before is still handled, then
/// [`on_disconnected`](Self::on_disconnected) is called.
pub trait Handler: Send + Sync + 'static {
    /// A client was let in. Its messages wait until this returns.
    fn on_connected(&self, client: &Client) -> impl Future<Output = ()> + Send {
        let _ = client;
        async {}
    }

    /// A message came. An `Err` goes back to the client as an `error` with the message's id.
    fn on_message(
        &self,
        client: &Client,
        message: &Message,
    ) -> impl Future<Output = Result<(), Refusal>> + Send;

    /// A client is gone: it left, was closed with this code, or was lost
    /// ([1006](CloseCode::ABNORMAL)). It is in no room any more.
    fn on_disconnected(&self, client: &Client, code: CloseCode) -> impl Future<Output = ()> + Send {
        let _ = (client, code);
        async {}
    }
}

/// Handles nothing: every message is refused. For servers that only publish.
impl Handler for () {
    async fn on_message(&self, _: &Client, message: &Message) -> Result<(), Refusal> {
        Err(Refusal::unknown_event(message))
    }
}

/// Why a message was not handled, in words for the client.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(Cow<'static, str>);

impl Refusal {
    /// Refuses with these words.
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self(message.into())
    }

    /// Refuses a message whose event the application does not know.
    pub fn unknown_event(message: &Message) -> Self {
        Self::new(format!("Unknown event: {}", message.event()))
    }

    /// The words.
    pub fn message(&self) -> &str {
        &self.0
    }

    /// A stable name of the error for programs.
    pub fn code(&self) -> &'static str {
        "message_refused"
    }
}

impl From<&'static str> for Refusal {
    fn from(message: &'static str) -> Self {
        Self::new(message)
    }
}

impl From<String> for Refusal {
    fn from(message: String) -> Self {
        Self::new(message)
    }
}

/// For `message.decode()?`: the payload is not what the event needs.
impl From<serde_json::Error> for Refusal {
    fn from(error: serde_json::Error) -> Self {
        Self::new(format!("Invalid data: {error}"))
    }
}

/// For `client.emit(…).await?`.
impl From<EmitError> for Refusal {
    fn from(error: EmitError) -> Self {
        Self::new(error.to_string())
    }
}

/// A [`Handler`] behind a pointer.
pub(crate) trait DynHandler: Send + Sync {
    fn connected(self: Arc<Self>, client: Client) -> BoxFuture<'static, ()>;
    fn message(self: Arc<Self>, client: Client, message: Message) -> BoxFuture<'static, ()>;
    fn disconnected(self: Arc<Self>, client: Client, code: CloseCode) -> BoxFuture<'static, ()>;
}

impl<H: Handler> DynHandler for H {
    fn connected(self: Arc<Self>, client: Client) -> BoxFuture<'static, ()> {
        Box::pin(async move { self.on_connected(&client).await })
    }

    fn message(self: Arc<Self>, client: Client, message: Message) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            if let Err(refusal) = self.on_message(&client, &message).await {
                client.refuse(&message, &refusal).await;
            }
        })
    }

    fn disconnected(self: Arc<Self>, client: Client, code: CloseCode) -> BoxFuture<'static, ()> {
        Box::pin(async move { self.on_disconnected(&client, code).await })
    }
}

//! A connected client, as an application sees it.

use std::fmt;
use std::sync::Arc;

use aldis_protocol::envelope::event;
use aldis_protocol::{CloseCode, Message, Outgoing, OutgoingError, RoomName};
use bytes::Bytes;
use serde::Serialize;
use serde_json::json;

use crate::auth::User;
use crate::config::MAX_OUTGOING_BYTES;
use crate::handle::ServerHandle;
use crate::handler::Refusal;
use crate::outbox::{Kick, PushError};
use crate::peer::Peer;
use crate::registry::Joined;

/// A client that was let in. Clones are the same client; one that is kept after the client has
/// gone does nothing any more.
#[derive(Clone)]
pub struct Client {
    peer: Arc<Peer>,
    server: ServerHandle,
}

impl Client {
    pub(crate) fn new(peer: Arc<Peer>, server: ServerHandle) -> Self {
        Self { peer, server }
    }

    /// Id of this connection, a UUID; there is a room of this name.
    pub fn id(&self) -> &str {
        self.peer.id.as_str()
    }

    /// The user that the client authenticated as.
    pub fn user(&self) -> &User {
        &self.peer.user
    }

    /// The rooms that the client is in, sorted.
    pub fn rooms(&self) -> Vec<RoomName> {
        self.peer.rooms()
    }

    /// Whether the client is in a room.
    pub fn is_in(&self, room: &str) -> bool {
        let rooms = self.peer.rooms.lock();
        rooms.as_ref().is_some_and(|rooms| rooms.contains(room))
    }

    /// Messages that wait to be sent to the client.
    pub fn queued(&self) -> usize {
        self.peer.outbox.len()
    }

    /// The server that the client is connected to.
    pub fn server(&self) -> &ServerHandle {
        &self.server
    }

    /// Sends an event. Waits while the client's queue is full, so that a handler cannot outrun its
    /// client.
    pub async fn emit<T>(&self, event: &str, data: &T) -> Result<(), EmitError>
    where
        T: Serialize + ?Sized,
    {
        self.send(Outgoing::new(event, data, None)?).await
    }

    /// Answers a message: the same event and `id`, with this data. Waits as [`emit`](Self::emit)
    /// does.
    pub async fn reply<T>(&self, message: &Message, data: &T) -> Result<(), EmitError>
    where
        T: Serialize + ?Sized,
    {
        self.send(Outgoing::new(message.event(), data, message.id())?).await
    }

    /// Sends a message that was written before. Waits as [`emit`](Self::emit) does.
    pub async fn send(&self, message: Outgoing) -> Result<(), EmitError> {
        let message = Bytes::from(message.into_plaintext());
        let size = message.len();
        self.peer.outbox.send(message).await.map_err(|error| EmitError::of(error, size))
    }

    /// Sends a message if there is space in the client's queue now.
    pub fn try_send(&self, message: Outgoing) -> Result<(), EmitError> {
        let message = Bytes::from(message.into_plaintext());
        let size = message.len();
        self.peer.outbox.push(message).map_err(|error| EmitError::of(error, size))
    }

    /// Answers a message that was not handled with `error`.
    pub(crate) async fn refuse(&self, message: &Message, refusal: &Refusal) {
        let data = json!({ "message": refusal.message() });
        if let Ok(error) = Outgoing::new(event::ERROR, &data, message.id()) {
            // A client that is gone needs no answer.
            let _ = self.send(error).await;
        }
    }

    /// Puts the client into a room, without asking the room policy. `false` if it is in as many
    /// rooms as it may be, or gone.
    pub fn join(&self, room: &RoomName) -> bool {
        let joined = self.server.join(&self.peer, room);
        matches!(joined, Joined::New | Joined::Already)
    }

    /// Takes the client out of a room, and returns whether it was there.
    pub fn leave(&self, room: &RoomName) -> bool {
        self.server.registry().leave(&self.peer, room)
    }

    /// Closes the connection with this code, after what is queued was sent. `reason` has at most
    /// 123 bytes. Returns at once; `false` if the connection was already closing.
    pub fn disconnect(&self, code: CloseCode, reason: &'static str) -> bool {
        let drain = true;
        self.peer.outbox.kick(Kick { code, reason, drain })
    }

    /// Whether the client has gone.
    pub fn is_gone(&self) -> bool {
        self.peer.rooms.lock().is_none()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("id", &self.peer.id)
            .field("user", &self.peer.user.id())
            .finish_non_exhaustive()
    }
}

/// Why a message was not queued for a client.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmitError {
    /// The message itself is at fault.
    #[error(transparent)]
    Message(#[from] OutgoingError),
    /// The client has gone, or its connection is closing.
    #[error("the client is gone")]
    Disconnected,
    /// The client's queue is full; only where the call does not wait.
    #[error("the client's queue is full")]
    QueueFull,
}

impl EmitError {
    /// What came of queueing a message of `size` bytes.
    fn of(error: PushError, size: usize) -> Self {
        match error {
            PushError::TooLarge => {
                OutgoingError::TooLarge { size, limit: MAX_OUTGOING_BYTES }.into()
            }
            PushError::Full => Self::QueueFull,
            PushError::Closed => Self::Disconnected,
        }
    }

    /// A stable name of the error for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Message(error) => error.code(),
            Self::Disconnected => "client_gone",
            Self::QueueFull => "queue_full",
        }
    }
}

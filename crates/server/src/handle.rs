//! The server from outside of its connections: publishing, looking, closing.

use std::fmt;
use std::sync::Arc;

use aldis_protocol::{CloseCode, Outgoing, RoomName};
use bytes::Bytes;

use crate::client::Client;
use crate::config::SlowConsumer;
use crate::metrics::{Lost, Metrics};
use crate::outbox::{Kick, PushError};
use crate::peer::Peer;
use crate::registry::{Joined, Registry};
use crate::server::Shared;

/// The close frame's reason for a client that does not keep up.
pub(crate) const SLOW_CONSUMER: &str = "slow consumer";

/// A handle on a running server. Clones are the same server; they may be used from any thread.
#[derive(Clone)]
pub struct ServerHandle {
    shared: Arc<Shared>,
}

/// Whom a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target<'a> {
    /// The members of a room.
    Room(&'a str),
    /// All connections of a user.
    User(&'a str),
    /// One connection.
    Client(&'a str),
    /// Every client that was let in.
    Everyone,
}

impl Target<'_> {
    /// The kind of target, a stable name for programs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Room(_) => "room",
            Self::User(_) => "user",
            Self::Client(_) => "client",
            Self::Everyone => "all",
        }
    }
}

/// What became of a message that was published.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Receipt {
    /// Clients that it was queued for. Whether they receive it only they can tell.
    pub queued: usize,
    /// Clients that it was not queued for, because they are slow or about to go, or because it is
    /// larger than [`MAX_OUTGOING_BYTES`](crate::MAX_OUTGOING_BYTES). Counted in the metrics too.
    pub dropped: usize,
}

/// A room and how many are in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomInfo {
    /// The room's name.
    pub name: String,
    /// Clients in it.
    pub members: usize,
}

impl ServerHandle {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Queues a message for all clients of the target but those whose ids `exclude` has. Never
    /// waits: what happens when a client's queue is full says
    /// [`Config::slow_consumer`](crate::Config::slow_consumer).
    ///
    /// All receivers share one plaintext; each connection encrypts it in its own task.
    pub fn publish(&self, target: Target<'_>, message: Outgoing, exclude: &[&str]) -> Receipt {
        let message = Bytes::from(message.into_plaintext());
        let mut receipt = Receipt::default();
        let deliver = |peer: &Arc<Peer>| {
            if !exclude.contains(&peer.id.as_str()) {
                if self.deliver(peer, message.clone()) {
                    receipt.queued += 1;
                } else {
                    receipt.dropped += 1;
                }
            }
        };
        let registry = self.registry();
        match target {
            Target::Room(room) => registry.for_room(room, deliver),
            Target::User(user) => registry.for_user(user, deliver),
            Target::Client(id) => registry.client(id).iter().for_each(deliver),
            Target::Everyone => registry.for_everyone(deliver),
        }
        self.metrics().published(target.kind());
        receipt
    }

    fn deliver(&self, peer: &Peer, message: Bytes) -> bool {
        let reason = match peer.outbox.push(message) {
            Ok(()) => return true,
            Err(PushError::TooLarge) => Lost::TooLarge,
            Err(PushError::Closed) => Lost::Disconnected,
            Err(PushError::Full) => {
                if self.shared.config.slow_consumer == SlowConsumer::Disconnect {
                    self.kick_slow(peer);
                }
                Lost::Overflow
            }
        };
        self.metrics().lost(reason, 1);
        false
    }

    /// Closes the connection of a client that does not keep up, and counts it.
    pub(crate) fn kick_slow(&self, peer: &Peer) {
        let kicked = peer.outbox.kick(Kick {
            code: CloseCode::TRY_AGAIN_LATER,
            reason: SLOW_CONSUMER,
            drain: false,
        });
        if kicked {
            self.metrics().slow_consumer();
            tracing::debug!(client = peer.id.as_str(), "closing a slow consumer");
        }
    }

    pub(crate) fn join(&self, peer: &Arc<Peer>, room: &RoomName) -> Joined {
        let limit = self.shared.config.max_rooms_per_client;
        let joined = self.registry().join(peer, room, limit);
        match joined {
            Joined::New => self.metrics().joined(),
            Joined::TooMany => self.metrics().join_refused(),
            Joined::Already | Joined::Gone => {}
        }
        joined
    }

    /// The client of this id, if it is connected.
    pub fn client(&self, id: &str) -> Option<Client> {
        let peer = self.registry().client(id)?;
        Some(Client::new(peer, self.clone()))
    }

    /// All clients, in no order.
    pub fn clients(&self) -> Vec<Client> {
        let mut clients = Vec::new();
        self.registry()
            .for_everyone(|peer| clients.push(Client::new(Arc::clone(peer), self.clone())));
        clients
    }

    /// How many clients there are.
    pub fn client_count(&self) -> usize {
        self.registry().client_count()
    }

    /// The clients in a room, in no order.
    pub fn members(&self, room: &str) -> Vec<Client> {
        let mut members = Vec::new();
        self.registry().for_room(room, |peer| {
            members.push(Client::new(Arc::clone(peer), self.clone()));
        });
        members
    }

    /// All rooms with members, sorted by name; the clients' own rooms are among them.
    pub fn rooms(&self) -> Vec<RoomInfo> {
        let rooms = self.registry().rooms().into_iter();
        let mut rooms: Vec<_> = rooms.map(|(name, members)| RoomInfo { name, members }).collect();
        rooms.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        rooms
    }

    /// Closes a client's connection, as [`Client::disconnect`] does. `false` if it is not
    /// connected, or already closing.
    pub fn disconnect(&self, client_id: &str, code: CloseCode, reason: &'static str) -> bool {
        self.client(client_id).is_some_and(|client| client.disconnect(code, reason))
    }

    /// Shuts the server down: new connections are refused, clients are closed with 1001 after
    /// what is queued for them was sent, and handlers may finish what was received, for
    /// [`Config::shutdown_grace`](crate::Config::shutdown_grace). Returns when all that is done.
    /// May be called more than once.
    pub async fn shutdown(&self) {
        self.shared.start_shutdown();
        self.shared.tasks.wait().await;
    }

    /// Whether [`shutdown`](Self::shutdown) was called.
    pub fn is_shutting_down(&self) -> bool {
        self.shared.shutdown.is_cancelled()
    }

    /// All metrics in the text format that Prometheus reads.
    pub fn metrics_text(&self) -> String {
        self.metrics().text(self.registry())
    }

    pub(crate) fn registry(&self) -> &Registry {
        &self.shared.registry
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.shared.metrics
    }
}

impl fmt::Debug for ServerHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerHandle")
            .field("clients", &self.client_count())
            .finish_non_exhaustive()
    }
}

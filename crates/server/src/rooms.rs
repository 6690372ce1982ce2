//! Who may enter which room.

use std::future::Future;
use std::sync::Arc;

use aldis_protocol::RoomName;
use futures_util::future::BoxFuture;

use crate::client::Client;

/// Decides whether a client may enter a room.
///
/// It is asked for one room after another, in the order in which the client sent its joins, leaves
/// and messages, and the next of them waits for the answer. A refused room is silence, as the
/// protocol has it; it is counted.
pub trait RoomPolicy: Send + Sync + 'static {
    /// Whether the client may enter. The default rooms and the client's own are not asked for.
    fn may_join(&self, client: &Client, room: &RoomName) -> impl Future<Output = bool> + Send;
}

/// Refuses every room, as IGNIS does for an app without a validator. The default.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoRooms;

impl RoomPolicy for NoRooms {
    async fn may_join(&self, _: &Client, _: &RoomName) -> bool {
        false
    }
}

/// Opens every room to every client, except the rooms named by the ids of other clients.
#[derive(Debug, Clone, Copy, Default)]
pub struct OpenRooms;

impl RoomPolicy for OpenRooms {
    async fn may_join(&self, client: &Client, room: &RoomName) -> bool {
        room.as_str() == client.id() || client.server().client(room.as_str()).is_none()
    }
}

/// A [`RoomPolicy`] behind a pointer.
pub(crate) trait DynRoomPolicy: Send + Sync {
    fn admits<'a>(&'a self, client: &'a Client, room: &'a RoomName) -> BoxFuture<'a, bool>;
}

impl<P: RoomPolicy> DynRoomPolicy for P {
    fn admits<'a>(&'a self, client: &'a Client, room: &'a RoomName) -> BoxFuture<'a, bool> {
        Box::pin(self.may_join(client, room))
    }
}

/// Joins the rooms that the policy allows, in order.
pub(crate) async fn join_allowed(
    policy: Arc<dyn DynRoomPolicy>,
    client: Client,
    rooms: Vec<RoomName>,
) {
    for room in rooms {
        if policy.admits(&client, &room).await {
            client.join(&room);
        } else {
            client.server().metrics().join_refused();
            tracing::debug!(client = client.id(), "the room policy refused a room");
        }
    }
}

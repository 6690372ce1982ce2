//! The server of `aldis serve`, and a line to it.

use aldis_server::auth::{Authenticator, InsecureTokenIsUserId, StaticTokens};
use aldis_server::handlers::Relay;
use aldis_server::{OpenRooms, Outgoing, RoomInfo, RunningServer, Server, Target, User};
use aldis_testkit::{Cut, Direction, FaultProxy};
use serde_json::json;

use crate::wait::{until, within};

/// A server with a line in front of it that can be cut. Both end when this is dropped.
#[derive(Debug)]
pub struct ChatServer {
    running: RunningServer,
    line: FaultProxy,
}

impl ChatServer {
    /// A server that takes the token for the name.
    pub async fn start() -> Self {
        Self::start_with(InsecureTokenIsUserId).await
    }

    /// A server that knows one user.
    pub async fn start_for(user: &str, token: &str) -> Self {
        Self::start_with(StaticTokens::new().with(token, User::new(user))).await
    }

    async fn start_with(authenticator: impl Authenticator) -> Self {
        let server = Server::builder().authenticator(authenticator).room_policy(OpenRooms);
        let server = server.handler(Relay).build().unwrap();
        let running = server.bind("127.0.0.1:0").await.unwrap();
        let line = FaultProxy::start(running.local_addr()).unwrap();
        Self { running, line }
    }

    /// Where the app finds it.
    pub fn url(&self) -> String {
        format!("ws://{}/ws", self.line.addr())
    }

    /// Says something in a room, as somebody who is elsewhere.
    pub fn say(&self, room: &str, from: &str, text: &str) {
        let data = json!({ "from": from, "text": text, "room": room });
        let message = Outgoing::new("chat", &data, None).unwrap();
        let receipt = self.running.handle().publish(Target::Room(room), message, &[]);
        assert_eq!(receipt.dropped, 0);
    }

    /// Waits until so many are in a room.
    pub async fn wait_for_members(&self, room: &str, members: usize) {
        let handle = self.running.handle();
        let joined = until(async || {
            let rooms = handle.rooms();
            let is_it = |known: &&RoomInfo| known.name == room && known.members == members;
            rooms.iter().find(is_it).map(|_| ()).ok_or_else(|| format!("{rooms:?}"))
        });
        joined.await.unwrap();
    }

    /// Takes calls and never answers.
    pub fn stall_line(&self) {
        self.line.faults().stall(Direction::Both);
    }

    /// Cuts the line, and takes no calls until it is [mended](Self::mend_line).
    pub async fn break_line(&self) {
        self.line.refuse(true).await.unwrap();
        self.line.faults().cut(Cut::Reset);
        within("the cut", self.line.faults().wait_until(|counts| counts.open == 0)).await;
    }

    /// Takes calls again.
    pub async fn mend_line(&self) {
        self.line.refuse(false).await.unwrap();
    }
}

//! An embedded server for the realtime protocol of the IGNIS family: encrypted sessions over
//! WebSocket, rooms, fan-out.
//!
//! It speaks the same wire as the IGNIS server and, unlike it, keeps the order of messages in both
//! directions. One process, no Redis: for demos, tests and small deployments, and as a building
//! block.
//!
//! An application is three decisions: who comes in ([`Authenticator`]), who enters which room
//! ([`RoomPolicy`]), and what happens with messages ([`Handler`]).
//!
//! ```
//! use aldis_server::auth::StaticTokens;
//! use aldis_server::{
//!     Client, Handler, Message, OpenRooms, Outgoing, Refusal, Server, Target, User,
//! };
//!
//! struct Chat;
//!
//! #[derive(serde::Deserialize)]
//! struct Say {
//!     room: String,
//!     text: String,
//! }
//!
//! impl Handler for Chat {
//!     async fn on_message(&self, client: &Client, message: &Message) -> Result<(), Refusal> {
//!         match message.event() {
//!             "say" => {
//!                 let Say { room, text } = message.decode()?;
//!                 if !client.is_in(&room) {
//!                     return Err("Join the room first".into());
//!                 }
//!                 let said = Outgoing::new("said", &text, None).map_err(|e| e.to_string())?;
//!                 client.server().publish(Target::Room(&room), said, &[client.id()]);
//!                 client.reply(message, &()).await?;
//!                 Ok(())
//!             }
//!             _ => Err(Refusal::unknown_event(message)),
//!         }
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = Server::builder()
//!     .authenticator(StaticTokens::new().with("a-token", User::new("ann")))
//!     .room_policy(OpenRooms)
//!     .handler(Chat)
//!     .build()?;
//! let running = server.bind("127.0.0.1:0").await?;
//! println!("listening on {}", running.url());
//! running.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! # Flow control
//!
//! Each client has a bounded queue ([`Config::queue`]). [`Client::emit`] and [`Client::reply`] wait
//! for space in it, so that a handler never outruns its client, and a client that does not read
//! its answers is not read from either. [`ServerHandle::publish`] never waits: a client whose
//! queue is full is closed with 1013, or loses the message, as [`Config::slow_consumer`] says. All
//! that is lost is counted.
//!
//! # HTTP
//!
//! - `GET /ws` ([`Config::path`]): the WebSocket.
//! - `GET /healthz`: 200, or 503 during a shutdown.
//! - `GET /metrics`: for Prometheus. It tells numbers only, and anybody may read them.
//! - `POST /api/publish`: `{"target": "room"|"user"|"client"|"all", "to"?, "event", "data",
//!   "exclude"?: [client ids]}`; answers `{"queued", "dropped"}`. Needs `authorization: Bearer KEY`
//!   with [`Config::api_key`]; without a key, only programs on this machine may call it.
//!
//! Errors are `{"error": {"code", "message"}}`.

pub mod auth;
mod client;
mod config;
mod connection;
mod handle;
mod handler;
pub mod handlers;
mod http;
mod listen;
mod metrics;
mod outbox;
mod peer;
mod registry;
mod rooms;
mod server;

pub use aldis_protocol::{CloseCode, Message, Outgoing, RoomName};
pub use auth::{Authenticator, Rejection, User};
pub use client::{Client, EmitError};
pub use config::{
    ApiKey, Config, ConfigError, MAX_OUTGOING_BYTES, MIN_API_KEY_CHARS, QueueLimits, SlowConsumer,
};
pub use handle::{Receipt, RoomInfo, ServerHandle, Target};
pub use handler::{Handler, Refusal};
pub use listen::{BindError, RunningServer};
pub use rooms::{NoRooms, OpenRooms, RoomPolicy};
pub use server::{Server, ServerBuilder};

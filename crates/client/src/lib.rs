//! The Aldis client: one encrypted realtime connection that stays up.
//!
//! ```no_run
//! use aldis_client::{SignalClient, SignalConfig, SignalEvent};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let config = SignalConfig::new("wss://example.org/ws").token("secret").room("lobby");
//! let (client, mut events) = SignalClient::new(config)?;
//! client.connect().await?;
//! client.send("chat", &"hello")?;
//! while let Some(event) = events.next().await {
//!     if let SignalEvent::Message(message) = event {
//!         println!("{}: {}", message.event(), message.data());
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`SignalClient`] is a handle; a task of its own, the supervisor, owns dialing and reconnecting,
//! and while there is a connection one loop owns the socket. Events come out of a bounded queue
//! ([`SignalEvents`]), states out of a watch, and every await of the task listens to the host, so
//! that [`SignalClient::disconnect`] is instant in every phase.
//!
//! # Logging
//!
//! What the client tells by `tracing`, and every `Debug` and message of its types, is free of
//! tokens, keys, payloads and passwords. tungstenite below it shows whole frames in its `log`
//! records of level trace, `authenticate` with its token among them: cap its target at debug.
//!
//! # Features
//!
//! - `fast-handshake` (default): the key exchange in a seventh of the time, for 0.4 MB.
//! - `native-tls` (default): TLS of the system.
//! - `rustls`: TLS by rustls with the platform's verifier. With both, the default of a
//!   configuration is the system's, and on Apple's systems rustls.

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

mod backoff;
mod bursts;
mod client;
mod close;
mod config;
mod connection;
mod control;
mod delivery;
pub mod dial;
mod error;
mod event;
mod explain;
mod outbox;
mod request;
mod rooms;
mod shared;
mod state;
mod stats;
mod supervisor;
mod token;
mod upgrade;
mod wire;

pub use aldis_protocol::drops::{DropCounts, DropReason};
pub use aldis_protocol::{CloseCode, Message, OutgoingError, RoomName, RoomNameError};

pub use client::{Builder, SignalClient};
pub use close::CloseReason;
pub use config::{OverflowPolicy, SignalConfig, TlsConfig};
pub use delivery::SignalEvents;
pub use dial::{DialError, TlsBackend};
pub use error::{ConfigError, ConnectError, EmptyToken, RequestError, RoomError, SendError};
pub use event::{Session, SignalError, SignalEvent};
pub use request::PendingReply;
pub use state::{ConnectionState, StateChange};
pub use stats::Stats;
pub use token::{Token, TokenError, TokenFuture, TokenProvider, TokenRequest};

//! The realtime protocol of IGNIS-family servers, version 1, as a library that does no I/O.
//!
//! Time, bytes and randomness come in as arguments; frames to send, events and the next wake-up
//! come out. So the protocol runs under any runtime, and under a fuzzer, a simulator or a
//! property test without one. Both ends are here and share their parts, so that they agree by
//! construction; `tests/interop` checks them against the real server.
//!
//! - [`client::ClientSession`] and [`server::ServerSession`]: one connection each.
//! - [`handshake`] and [`cipher`]: the keys and the frames, for tools and other languages.
//! - [`room`], [`close`], [`limits`], [`envelope`]: the words of the protocol.
//! - [`upgrade`]: what comes before it.
//!
//! Facts about the wire were observed against `@venizia/ignis-helpers` 0.0.7.

mod base64;
pub mod cipher;
pub mod client;
pub mod close;
mod control;
pub mod drops;
pub mod envelope;
pub mod handshake;
mod json;
pub mod limits;
pub mod outgoing;
mod primitives;
mod replay;
pub mod room;
pub mod server;
pub mod transmit;
pub mod upgrade;

pub use client::ClientSession;
pub use close::CloseCode;
pub use control::{KEY_FIELD_IGNIS, KEY_FIELD_NX_SIGNAL};
pub use envelope::Message;
pub use outgoing::{Outgoing, OutgoingError};
pub use room::{RoomName, RoomNameError};
pub use server::ServerSession;
pub use transmit::{Inbound, Transmit};

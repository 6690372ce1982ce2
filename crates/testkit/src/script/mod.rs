//! A WebSocket server that says any sequence of frames.

mod error;
mod frames;
mod incoming;
mod peer;
mod server;
mod session;
mod stream;

pub use self::error::{ScriptError, ScriptFailure};
pub use self::frames::Frame;
pub use self::incoming::{Incoming, Request};
pub use self::peer::Peer;
pub use self::server::ScriptedServer;
pub use self::session::{Acceptance, Authenticate, tampered};

//! Handlers that come with the server.

mod relay;

pub use relay::{Relay, event};

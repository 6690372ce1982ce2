//! The cases of the table.

pub(crate) mod authentication;
pub(crate) mod handshake;
pub(crate) mod hazards;
pub(crate) mod liveness;
pub(crate) mod messages;
pub(crate) mod recovery;
pub(crate) mod rooms;

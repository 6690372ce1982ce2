//! The client against scripted servers and bad lines: under virtual time and in memory wherever
//! time or faults matter, over sockets where the point is sockets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod delivery;
mod hostile;
mod lifecycle;
mod network;
mod proxies;
mod reconnect;
mod requests;
mod rooms;
mod sending;
mod settings;
mod support;
mod suspension;
mod tls;
mod tokens;

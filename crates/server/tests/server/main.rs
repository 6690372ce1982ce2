//! The server as its clients and its application see it.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod closes;
mod fanout;
mod handshake;
mod http;
mod jwt;
mod messages;
mod rooms;
mod shutdown;
mod support;

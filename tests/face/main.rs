//! The face as a host sees it: the public API of `aldis`, with listeners written in Rust, against
//! servers over loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod cancellations;
mod clients;
mod config;
mod delivery;
mod fairness;
mod host;
mod network;
mod operations;
mod pausing;
mod refusals;
mod server;
mod shutdown;
mod shutdown_waits;
mod tokens;

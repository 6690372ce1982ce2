//! What the interoperability tests are made of: two servers that are set up alike, clients that
//! talk to them, and raw sockets that misbehave.
//!
//! All of it is part of a test, so it fails by panicking, with what it waited for.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test may fail")]

mod aldis;
mod client;
mod ignis;
mod raw;
mod results;
mod server;
mod settings;
mod wait;

pub use client::{TestClient, Who, raw_json};
pub use ignis::run_on_bun;
pub use raw::{CloseFrame, RawClient};
pub use results::scenario_results;
pub use server::{Kind, Server};
pub use settings::Settings;
pub use wait::within;

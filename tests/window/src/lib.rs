//! What the window tests are made of: the app of `examples/tauri-chat` in a real window on a display
//! of its own, driven through `tauri-driver`, and a server in this process with a line to it that
//! can fail.
//!
//! All of it is part of a test, so it fails by panicking, with what it waited for.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test may fail")]

mod app;
mod banner;
mod chat;
mod commands;
mod display;
mod driver;
mod keyboard;
mod leash;
mod page;
mod programs;
mod server;
mod violations;
mod wait;

pub use app::App;
pub use banner::Wait;
pub use fantoccini::key::Key;
pub use server::ChatServer;

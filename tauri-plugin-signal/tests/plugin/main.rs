//! The plugin as a page sees it, in Tauri's mock runtime, against a server over loopback.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod app;
mod commands;
mod configuration;
mod errors;
mod events;
mod streams;

//! Stories of people who chat, each in a real window. `scripts/test-window` builds what they need.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod accessibility;
mod hello;
mod keyboard;
mod line;
mod reload;
mod rooms;
mod scope;
mod scrolling;
mod theme;
mod token;

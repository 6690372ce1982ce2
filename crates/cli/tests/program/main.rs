//! The program from outside, as a child process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails loudly")]

mod proxy;
mod serve;
mod session;
mod session_end;
mod support;
mod tools;

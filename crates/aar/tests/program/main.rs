//! The program from outside, as a child process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails loudly")]

mod assemble;
mod support;

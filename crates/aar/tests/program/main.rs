//! The program from outside, as a child process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails loudly")]

mod assemble;
mod check_archive;
mod check_manifest;
mod check_native;
mod check_rules;
mod elf;
mod publication;
mod sample;
mod sbom;
mod support;

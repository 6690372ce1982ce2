//! A client and a server with an adversary between them, and the rules that hold whatever it does.
//!
//! [`World`] plays a sequence of [`Step`]s. The two ends keep, beside the session, a plain model of
//! what it may do, and fail when the two differ. The property tests of this crate and the fuzz
//! targets in `fuzz/` drive the same model.

#![allow(clippy::match_same_arms, clippy::unnested_or_patterns, reason = "one arm for one rule")]

mod client_end;
mod frames;
mod ivs;
mod rooms;
mod server_end;
mod step;
mod wire;
mod world;

pub(crate) use frames::{client_receives, server_receives};
pub(crate) use step::Step;
pub(crate) use world::World;

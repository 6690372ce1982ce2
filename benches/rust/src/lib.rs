//! What races in Aldis's benchmark.
//!
//! A contestant is a process: it reads an [`Order`](order::Order) from each line of its input and
//! answers each with an [`Answer`](order::Answer). Contestants are written in Rust (here), Kotlin
//! (`benches/kotlin`) and TypeScript (`benches/typescript`); `benches/race` starts them and measures
//! from outside what they use.

pub mod contestant;
pub mod contestants;
mod frames;
pub mod input;
pub mod lots;
pub mod measure;
pub mod members;
pub mod order;
pub mod outside;
pub mod payloads;
pub mod server;
mod settle;
pub mod stopwatch;
pub mod worker;

/// Why something did not work, for people.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

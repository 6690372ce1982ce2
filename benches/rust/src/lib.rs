//! What races in Aldis's benchmark.
//!
//! A contestant is a process: it reads an [`Order`](order::Order) from each line of its input and
//! answers each with an [`Answer`](order::Answer). Contestants are written in Rust (here), Kotlin
//! (`benches/kotlin`) and TypeScript (`benches/typescript`); `benches/race` starts them and measures
//! from outside what they use.

pub mod order;

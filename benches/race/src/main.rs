//! Lets the contestants of `benches` race.

fn main() {}

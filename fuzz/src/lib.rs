//! The rules of `crates/protocol/tests/model`, driven by bytes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a fuzz target fails loudly")]

#[path = "../../crates/protocol/tests/model/mod.rs"]
mod model;

/// Frames as a client receives them, one a line; `tests/model/frames.rs` says how they are read.
pub fn server_frame(data: &[u8]) {
    model::client_receives(data);
}

/// Frames as a server receives them, one a line.
pub fn client_frame(data: &[u8]) {
    model::server_receives(data);
}

/// Both ends and an adversary between them. The first byte says whether they have shaken hands,
/// each four bytes behind it are a step.
pub fn session(data: &[u8]) {
    let Some((start, steps)) = data.split_first() else {
        return;
    };
    let mut world = match start % 2 {
        0 => model::World::connected(),
        _ => model::World::new(),
    };
    let (steps, _) = steps.as_chunks();
    for step in steps {
        world.play(model::Step::from_bytes(*step));
    }
}

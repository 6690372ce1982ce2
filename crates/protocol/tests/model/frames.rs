//! Texts that nobody knows anything of, as one end receives them.

use super::step::Side;
use super::wire::Origin;
use super::world::World;

/// Gives a client the frames in `data`; see [`receives`].
pub(crate) fn client_receives(data: &[u8]) {
    receives(Side::Client, data);
}

/// Gives a server the frames in `data`; see [`receives`].
pub(crate) fn server_receives(data: &[u8]) {
    receives(Side::Server, data);
}

/// Each line of `data` is a frame. `+` first shakes hands, `!` encrypts the rest of the line with
/// the session's key, `*` makes it a binary frame; all else is the text of a frame.
fn receives(side: Side, data: &[u8]) {
    let (mut world, data) = match data {
        [b'+', rest @ ..] => (World::connected(), rest),
        data => (World::new(), data),
    };
    for line in data.split(|byte| *byte == b'\n') {
        match (line, std::str::from_utf8(line)) {
            ([b'!', plaintext @ ..], _) => {
                if let Some(text) = world.seal(plaintext.to_vec()) {
                    world.receive(side, &text, Origin::Opaque { plaintext });
                }
            }
            ([b'*', bytes @ ..], _) => binary(&mut world, side, bytes),
            (_, Ok(text)) => world.receive(side, text, Origin::Foreign),
            (_, Err(_)) => {}
        }
    }
}

fn binary(world: &mut World, side: Side, bytes: &[u8]) {
    match (side, std::str::from_utf8(bytes)) {
        (Side::Client, _) => drop(world.client.receive_binary(bytes, world.now)),
        // A server reads it as text.
        (Side::Server, Ok(text)) => world.receive(side, text, Origin::Foreign),
        (Side::Server, Err(_)) => drop(world.server.receive_binary(bytes, world.now)),
    }
}

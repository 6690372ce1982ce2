//! A client and a server against an adversary: see [`model`].
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

use proptest::prelude::*;

mod model;

use model::{Step, World};

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(any::<[u8; 4]>().prop_map(Step::from_bytes), 0..200)
}

proptest! {
    #[test]
    fn the_rules_hold_from_the_upgrade_on(steps in steps()) {
        let mut world = World::new();
        for step in steps {
            world.play(step);
        }
    }

    #[test]
    fn the_rules_hold_in_a_session(steps in steps()) {
        let mut world = World::connected();
        for step in steps {
            world.play(step);
        }
    }

    #[test]
    fn no_frame_breaks_an_end(open in any::<bool>(), lines in prop::collection::vec(line(), 0..12)) {
        let lines = lines.join(&b'\n');
        let data = if open { [b"+", &*lines].concat() } else { lines };
        model::client_receives(&data);
        model::server_receives(&data);
    }
}

/// A line as the model's frame tests read it.
fn line() -> impl Strategy<Value = Vec<u8>> {
    let envelope = r#"[!*]?\{"event":"[a-z]{0,6}(error|join|leave|authenticate|encrypted|connected)?","data":(\{("rooms|id|iv|ct|token":"?[a-z0-9\[\]]{0,3}"?)?\}|[0-9])?\}"#;
    prop_oneof![prop::collection::vec(any::<u8>(), 0..40), envelope.prop_map(String::into_bytes),]
}

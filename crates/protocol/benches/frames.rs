//! What a message costs: opening it from the text of a frame, and sealing it into one.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a benchmark fails loudly")]

use std::time::Instant;

use aldis_protocol::client::Event;
use aldis_protocol::{Inbound, Outgoing};
use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};

#[path = "../tests/support/mod.rs"]
mod support;

use support::{client_text, connected_pair};

/// Bytes of the payload, its quotes included.
const SIZES: [usize; 3] = [100, 1024, 16 * 1024];

fn main() {
    divan::main();
}

fn payload(size: usize) -> String {
    "x".repeat(size - 2)
}

fn message(payload: &str) -> Outgoing {
    Outgoing::new("chat", payload, None).unwrap()
}

/// From the text of a frame to a message whose event and data can be read.
#[divan::bench(args = SIZES)]
fn open(bencher: Bencher<'_, '_>, size: usize) {
    let now = Instant::now();
    let (mut client, mut server) = connected_pair(now);
    let (payload, mut scratch) = (payload(size), Vec::new());
    bencher
        .counter(BytesCount::new(size))
        .counter(ItemsCount::new(1usize))
        // Every frame is fresh, as a repeated one is refused.
        .with_inputs(|| {
            let sealed = server.seal(message(&payload).plaintext(), &mut scratch);
            sealed.unwrap().unwrap()
        })
        .bench_local_refs(|frame| {
            client.handle_frame(Inbound::Text(frame), now);
            match client.poll_event() {
                Some(Event::Message(message)) => message,
                other => panic!("a message was due, not {other:?}"),
            }
        });
}

/// From a payload to the text of a frame.
#[divan::bench(args = SIZES)]
fn seal(bencher: Bencher<'_, '_>, size: usize) {
    let (mut client, _) = connected_pair(Instant::now());
    let payload = payload(size);
    bencher.counter(BytesCount::new(size)).counter(ItemsCount::new(1usize)).bench_local(|| {
        client.send(message(black_box(&payload))).unwrap();
        client_text(&mut client)
    });
}

/// From a plaintext to the text of a frame for one more receiver, as a fan-out does it.
#[divan::bench(args = SIZES)]
fn seal_for_another(bencher: Bencher<'_, '_>, size: usize) {
    let (_, mut server) = connected_pair(Instant::now());
    let (message, mut scratch) = (message(&payload(size)), Vec::new());
    bencher.counter(BytesCount::new(size)).counter(ItemsCount::new(1usize)).bench_local(|| {
        let sealed = server.seal(black_box(message.plaintext()), &mut scratch);
        sealed.unwrap().unwrap()
    });
}

//! One dispatcher serves all clients of the process: none may have it for itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use aldis_server::Target;

use crate::host::{Answer, Host, config};
use crate::server::TestServer;

/// Calls of the busy client, from when the other one has a message on, after which the other
/// one's turn is overdue.
const PATIENCE: usize = 1_000;

/// A client for which there is always another event when its listener returns.
#[tokio::test]
async fn a_client_with_events_without_end_leaves_the_others_their_turn() {
    let server = TestServer::start().await;
    let mut quiet = Host::connected(server.url(), "good-quiet").await;

    let overdue = Arc::new(AtomicUsize::new(0));
    let (watched, calls_since) = (Arc::clone(&quiet.client), Arc::clone(&overdue));
    let mut busy = Host::reacting(config(server.url(), "good-busy"), move |client, call| {
        if call.brings("echo") && calls_since.load(Ordering::SeqCst) < PATIENCE {
            if watched.stats().unwrap().queued_events > 0 {
                calls_since.fetch_add(1, Ordering::SeqCst);
            }
            client.send("echo", "1", None).unwrap();
            // A test that failed has dropped the server.
            while client.session().is_some() && client.stats().unwrap().queued_events == 0 {
                thread::yield_now();
            }
        }
        Answer::More
    });
    busy.connect().await;
    busy.client.send("echo", "1", None).unwrap();
    busy.calls.find(|call| call.brings("echo")).await;

    server.publish_to(Target::User("quiet"), "news", 1);
    quiet.calls.find(|call| call.brings("news")).await;
    let overdue = overdue.swap(PATIENCE, Ordering::SeqCst);
    assert!(overdue < PATIENCE, "the other client had to wait until the busy one was done");
}

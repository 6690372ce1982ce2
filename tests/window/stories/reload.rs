//! A page that is loaded again.

use std::cell::Cell;
use std::time::Duration;

use aldis_window_tests::{App, ChatServer};
use tokio::time::interval;

const MESSAGES: usize = 500;
/// Between two of them, so that they take as long as a page that is loaded many times.
const PAUSE: Duration = Duration::from_millis(10);

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_reloads_misses_nothing_and_repeats_nothing() {
    let server = ChatServer::start().await;
    let ann = App::open(&server).await;
    ann.connect_as("ann").await;

    let is_over = Cell::new(false);
    let talk = async {
        let mut pause = interval(PAUSE);
        for number in 0..MESSAGES {
            pause.tick().await;
            server.say("lobby", "ben", &format!("message {number}"));
        }
        is_over.set(true);
    };
    let reloads = async {
        let mut reloads = 0;
        while !is_over.get() {
            ann.reload().await;
            reloads += 1;
        }
        reloads
    };
    let ((), reloads) = tokio::join!(talk, reloads);
    assert!(reloads > 3, "only {reloads} reloads while ben spoke");

    ann.reads("ben", &format!("message {}", MESSAGES - 1)).await;
    let expected: Vec<_> = (0..MESSAGES).map(|number| format!("message {number}")).collect();
    assert_eq!(ann.said().await, expected);
    ann.banner_says("Connected as ann").await;
    ann.picture("reloaded").await;

    ann.reload().await;
    ann.say("lobby", "Still here.").await;
    ann.reads("ann", "Still here.").await;
    assert_eq!(ann.said().await.len(), MESSAGES + 1);
}

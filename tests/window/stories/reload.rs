//! A page that is loaded again.

use std::time::Duration;

use aldis_window_tests::{App, ChatServer};
use tokio::time::interval;

const MESSAGES: usize = 500;
/// What is said takes about as long as the page is away and comes back, again and again.
const PAUSE: Duration = Duration::from_millis(8);

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_reloads_misses_nothing_and_repeats_nothing() {
    let server = ChatServer::start().await;
    let ann = App::open(&server).await;
    ann.connect_as("ann").await;

    let talk = async {
        let mut pause = interval(PAUSE);
        for number in 0..MESSAGES {
            pause.tick().await;
            server.say("lobby", "ben", &format!("message {number}"));
        }
    };
    let reloads = async {
        for _ in 0..6 {
            ann.reload().await;
        }
    };
    tokio::join!(talk, reloads);

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

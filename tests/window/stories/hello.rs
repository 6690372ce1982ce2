//! The first words.

use aldis_window_tests::{App, ChatServer};

#[tokio::test(flavor = "multi_thread")]
async fn who_connects_says_hello_and_reads_the_answer() {
    let server = ChatServer::start().await;
    let ann = App::open(&server).await;
    ann.find("form", "Connect").await;
    ann.picture("connect").await;

    ann.connect_as("ann").await;
    ann.say("lobby", "Hello, wörld!").await;
    ann.reads("ann", "Hello, wörld!").await;
    server.say("lobby", "ben", "Hello, ann 👋");
    ann.reads("ben", "Hello, ann 👋").await;
    server.say("lobby", "eve", "<img src=x onerror='document.body.remove()'>");
    ann.reads("eve", "<img src=x onerror='document.body.remove()'>").await;
    ann.picture("hello").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_want_to_wait_for_a_connection_cancels_it() {
    let server = ChatServer::start().await;
    server.stall_line();
    let ann = App::open(&server).await;
    ann.fill("Your name", "ann").await;
    ann.click("Connect").await;
    let connecting = ann.find("button", "Connecting…").await;
    assert!(!connecting.is_enabled().await.unwrap());
    ann.picture("connecting").await;

    ann.click("Cancel").await;
    ann.find("button", "Connect").await;
    assert_eq!(ann.value("Your name").await, "ann");
}

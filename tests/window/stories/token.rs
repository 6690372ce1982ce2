//! A server that does not let everybody in.

use aldis_window_tests::{App, ChatServer};

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_told_and_the_right_one_lets_in() {
    let server = ChatServer::start_for("ann", "secret").await;
    let ann = App::open(&server).await;
    ann.fill("Your name", "ann").await;
    ann.fill("Token", "wrong").await;
    ann.click("Connect").await;

    let alert = ann.alert().await;
    assert!(alert.contains("Check the token"), "{alert}");
    assert_eq!(ann.value("Your name").await, "ann");
    assert_eq!(ann.value("Token").await, "wrong");
    ann.picture("wrong-token").await;

    ann.fill("Token", "secret").await;
    ann.click("Connect").await;
    ann.banner_says("Connected as ann").await;
    ann.say("lobby", "They know me.").await;
    ann.reads("ann", "They know me.").await;
}

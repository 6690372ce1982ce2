//! A line that breaks.

use aldis_window_tests::{App, ChatServer, Wait};

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_line_is_counted_down_and_mended() {
    let server = ChatServer::start().await;
    let ann = App::open_with(&server, &[("ALDIS_BASE_INTERVAL_MS", "3000")]).await;
    ann.connect_as("ann").await;
    ann.join_room("workshop").await;
    ann.record_banner().await;

    server.break_line().await;
    let said = ann.banners(|said| counts_down(&waits(said)) && tries_again(&waits(said))).await;
    ann.picture("reconnecting").await;
    for pair in waits(&said).windows(2) {
        let (before, after) = (pair[0], pair[1]);
        let is_shorter = before.attempt == after.attempt && before.seconds > after.seconds;
        assert!(is_shorter || before.attempt < after.attempt, "{said:?}");
    }

    server.mend_line().await;
    ann.banner_says("Connected as ann").await;
    // A server knows nobody any more after a break: the client joins again by itself.
    server.wait_for_members("workshop", 1).await;
    server.say("workshop", "ben", "There you are.");
    ann.reads("ben", "There you are.").await;
}

fn waits(said: &[String]) -> Vec<Wait> {
    said.iter().filter_map(|banner| Wait::read(banner)).collect()
}

fn counts_down(waits: &[Wait]) -> bool {
    waits.windows(2).any(|pair| pair[0].attempt == pair[1].attempt)
}

fn tries_again(waits: &[Wait]) -> bool {
    waits.last().is_some_and(|wait| wait.attempt > 1)
}

/// Half of the longest delay that there is, so that it is soon found.
const LONG: u32 = 15;

#[tokio::test(flavor = "multi_thread")]
async fn who_reconnects_now_does_not_wait() {
    let server = ChatServer::start().await;
    let ann = App::open_with(&server, &[("ALDIS_BASE_INTERVAL_MS", "3600000")]).await;
    ann.connect_as("ann").await;

    server.break_line().await;
    let mut wait = ann.banner(Wait::read).await;
    while wait.seconds < LONG {
        ann.click("Reconnect now").await;
        let before = wait;
        wait = ann.banner(|banner| Wait::read(banner).filter(|wait| *wait != before)).await;
    }

    server.mend_line().await;
    ann.record_banner().await;
    ann.click("Reconnect now").await;
    ann.banner_says("Connected as ann").await;
    let said = ann.banners(|_| true).await;
    let rest = said.iter().rev().find_map(|banner| Wait::read(banner)).unwrap();
    assert!(rest.seconds > 1, "it waited: {said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_sent_stays_and_is_sent_again() {
    let server = ChatServer::start().await;
    let quick = &[("ALDIS_BASE_INTERVAL_MS", "500")];
    let (ann, ben) = tokio::join!(App::open_with(&server, quick), App::open_with(&server, quick));
    tokio::join!(ann.connect_as("ann"), ben.connect_as("ben"));

    server.break_line().await;
    ann.banner(Wait::read).await;
    ann.say("lobby", "Did you hear that?").await;
    ann.find("button", "Send again").await;
    ann.reads("not sent", "Did you hear that?").await;
    ann.picture("not-sent").await;

    server.mend_line().await;
    tokio::join!(ann.banner_says("Connected as ann"), ben.banner_says("Connected as ben"));
    server.wait_for_members("lobby", 2).await;
    ann.click("Send again").await;
    ben.reads("ann", "Did you hear that?").await;
    ann.find_none("button", "Send again").await;
    ben.say("lobby", "I did.").await;
    ann.reads("ben", "I did.").await;
    for person in [ann, ben] {
        assert_eq!(person.said().await, ["Did you hear that?", "I did."]);
    }
}

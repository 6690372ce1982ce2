//! The task that follows a phone, on a clock that goes on when nobody has anything to do.

use tokio::sync::mpsc;
use tokio::time::{advance, sleep};

use super::super::Hint::{NetworkLost, Resumed, Suspended};
use super::*;

fn default_background() -> Background {
    Background::new(BackgroundPolicy::Foreground, Duration::from_secs(45)).unwrap()
}

#[tokio::test(start_paused = true)]
async fn hints_are_told_when_they_are_due_until_no_fact_can_come() {
    let (facts, receiver) = mpsc::unbounded_channel();
    let (tell, mut told) = mpsc::unbounded_channel();
    let start = Instant::now();
    let following = tokio::spawn(follow(default_background(), receiver, move |hint| {
        tell.send((hint, start.elapsed())).unwrap();
    }));
    facts.send(Fact::Background).unwrap();
    assert_eq!(told.recv().await, Some((NetworkLost, Duration::from_secs(1))));
    assert_eq!(told.recv().await, Some((Suspended, Duration::from_secs(45))));
    sleep(Duration::from_mins(1)).await;
    facts.send(Fact::Foreground).unwrap();
    assert_eq!(told.recv().await, Some((Resumed, Duration::from_secs(105))));
    drop(facts);
    following.await.unwrap();
    assert_eq!(told.recv().await, None);
}

#[tokio::test(start_paused = true)]
async fn what_fell_due_while_the_process_was_frozen_comes_first() {
    let (facts, receiver) = mpsc::unbounded_channel();
    let mut told = Vec::new();
    facts.send(Fact::Path { link: Some("en0".into()) }).unwrap();
    facts.send(Fact::Background).unwrap();
    let thaw = async {
        sleep(Duration::from_secs(1)).await;
        // Nobody else runs in between: then both the timer and the fact are there.
        facts.send(Fact::Foreground).unwrap();
        drop(facts);
        advance(Duration::from_mins(1)).await;
    };
    tokio::join!(biased; thaw, follow(default_background(), receiver, |hint| told.push(hint)));
    assert_eq!(told, [Suspended, Resumed]);
}

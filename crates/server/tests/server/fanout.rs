//! From one to many.

use aldis_server::{Config, Outgoing, QueueLimits, Receipt, Server, SlowConsumer, Target};
use serde_json::json;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message as Frame;

use crate::support::{Ended, TestClient, guarded, metric, relay, relay_with};

fn news(n: u32) -> Outgoing {
    Outgoing::new("news", &n, None).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_receivers_get_a_thousand_messages_each_in_order() {
    let running = relay().bind("127.0.0.1:0").await.unwrap();
    let handle = running.handle();
    let mut receivers = JoinSet::new();
    let mut joined = Vec::new();
    for _ in 0..100 {
        let mut client = TestClient::dial(running.local_addr(), "ann").await;
        client.join(&["room"]).await;
        assert_eq!(client.ask("echo", json!(1)).await, 1);
        joined.push(client.id().to_owned());
        receivers.spawn(async move {
            for n in 0..1000 {
                assert_eq!(client.event().await, ("news".to_owned(), json!(n)));
            }
        });
    }
    assert_eq!(handle.members("room").len(), 100);
    for n in 0..1000 {
        let receipt = handle.publish(Target::Room("room"), news(n), &[]);
        assert_eq!(receipt.queued, 100);
    }
    guarded(receivers.join_all()).await;
    running.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn targets_and_exclusions_are_respected() {
    let server = relay();
    let handle = server.handle();
    let mut ann = TestClient::connect(&server, "ann").await;
    let mut ann2 = TestClient::connect(&server, "ann").await;
    let mut bob = TestClient::connect(&server, "bob").await;
    bob.join(&["room"]).await;
    assert_eq!(bob.ask("echo", json!(1)).await, 1);
    let queued = |target, n, exclude: &[&str]| handle.publish(target, news(n), exclude).queued;
    assert_eq!(queued(Target::Everyone, 1, &[ann2.id()]), 2);
    assert_eq!(queued(Target::User("ann"), 2, &[]), 2);
    assert_eq!(queued(Target::Room("room"), 3, &[]), 1);
    assert_eq!(queued(Target::Room(ann.id()), 4, &[]), 1);
    assert_eq!(queued(Target::Client(ann2.id()), 5, &[]), 1);
    assert_eq!(queued(Target::Client(ann2.id()), 6, &[ann2.id()]), 0);
    assert_eq!(queued(Target::User("nobody"), 7, &[]), 0);
    for (client, expected) in
        [(&mut ann, vec![1, 2, 4]), (&mut ann2, vec![2, 5]), (&mut bob, vec![1, 3])]
    {
        for n in expected {
            assert_eq!(client.event().await, ("news".to_owned(), json!(n)));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn clients_talk_through_the_relay() {
    let server = relay();
    let mut ann = TestClient::connect(&server, "ann").await;
    let mut bob = TestClient::connect(&server, "bob").await;
    let message = json!({ "room": "lobby", "event": "chat", "data": { "text": "hi" } });
    ann.send("room", &message, Some("1")).await;
    let refused = ann.next().await.unwrap();
    assert_eq!(refused.data(), r#"{"message":"Not in this room"}"#);
    for client in [&mut ann, &mut bob] {
        client.join(&["lobby"]).await;
        assert_eq!(client.ask("echo", json!(1)).await, 1);
    }
    ann.send("room", &message, Some("2")).await;
    let chat = ("chat".to_owned(), json!({ "text": "hi" }));
    assert_eq!(bob.event().await, chat);
    assert_eq!(ann.event().await, chat);
    assert_eq!(ann.event().await, ("room".to_owned(), json!({})));
    ann.send("room", &json!({ "event": "x", "data": 1 }), None).await;
    assert_eq!(ann.event().await.0, "error");
}

fn small_queue(slow_consumer: SlowConsumer) -> Server {
    relay_with(Config {
        queue: QueueLimits { messages: 10, bytes: 1 << 20 },
        slow_consumer,
        ..Config::default()
    })
}

/// More than the queue, and more than the stream in memory holds.
const TOO_MANY: u32 = 400;

#[tokio::test(start_paused = true)]
async fn a_slow_consumer_is_closed_while_others_get_all() {
    let server = small_queue(SlowConsumer::Disconnect);
    let handle = server.handle();
    let mut slow = TestClient::connect(&server, "slow").await;
    let mut quick = TestClient::connect(&server, "quick").await;
    let mut lost = 0;
    for n in 0..TOO_MANY {
        let Receipt { queued, dropped } = handle.publish(Target::Everyone, news(n), &[]);
        assert!(queued >= 1);
        lost += dropped as u64;
        assert_eq!(quick.event().await, ("news".to_owned(), json!(n)));
    }
    assert_eq!(metric(&handle, "aldis_slow_consumers_total"), 1);
    assert!(lost > 0 && handle.client_count() == 1);
    assert_eq!(slow.ended().await, Ended::new(1013, "slow consumer"));
    assert_eq!(quick.ask("echo", json!(1)).await, 1);
}

#[tokio::test(start_paused = true)]
async fn or_loses_messages_that_are_counted() {
    let server = small_queue(SlowConsumer::Drop);
    let handle = server.handle();
    let mut slow = TestClient::connect(&server, "slow").await;
    let mut quick = TestClient::connect(&server, "quick").await;
    let mut lost = 0;
    for n in 0..TOO_MANY {
        lost += handle.publish(Target::Everyone, news(n), &[]).dropped as u64;
        assert_eq!(quick.event().await, ("news".to_owned(), json!(n)));
    }
    assert!(lost > 0);
    let overflow = "aldis_messages_lost_total{reason=\"overflow\"}";
    assert_eq!(metric(&handle, overflow), lost);
    let mut before = None;
    for _ in 0..u64::from(TOO_MANY) - lost {
        let (_, n) = slow.event().await;
        assert!(before < n.as_u64(), "{before:?} then {n}");
        before = n.as_u64();
    }
    assert_eq!(slow.ask("echo", json!(1)).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_had_stalled_gets_all_and_the_answer_to_its_ping() {
    let server = relay();
    let handle = server.handle();
    let mut client = TestClient::connect(&server, "ann").await;
    for n in 0..TOO_MANY {
        assert_eq!(handle.publish(Target::Everyone, news(n), &[]).queued, 1);
    }
    client.send_frame(Frame::Ping("still here".into())).await;
    for n in 0..TOO_MANY {
        assert_eq!(client.event().await, ("news".to_owned(), json!(n)));
    }
    assert_eq!(client.ask("echo", json!(1)).await, 1);
    assert_eq!(client.pongs, 1);
}

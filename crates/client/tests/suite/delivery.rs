//! Events on their way to the host: order, bounds, and a host that is slow or gone.

use std::time::Duration;

use aldis_client::{ConnectionState as State, OverflowPolicy, SignalConfig, SignalEvent};
use aldis_testkit::{Direction, Peer};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use crate::support::{
    HOUR, Notes, SECOND, Scripted, TICK, World, admitted, config, number, sim, timed,
};

/// Sends that many numbers with some ballast, then listens; notes when heartbeats come.
async fn numbers(peer: Peer, count: usize, beats: Notes<Instant>) -> Scripted {
    let mut peer = admitted(peer).await?;
    for n in 0..count {
        peer.send_event(&"e".repeat(1_000), n).await?;
    }
    while let Ok(control) = peer.recv_control().await {
        assert_eq!(control.event(), "heartbeat");
        beats.add(Instant::now());
    }
    Ok(())
}

fn world(config: SignalConfig, count: usize) -> (World, Notes<Instant>) {
    let beats = Notes::new();
    let noting = beats.clone();
    let world =
        World::with(config, |builder| builder, move |peer| numbers(peer, count, noting.clone()));
    (world, beats)
}

fn queue_of(messages: usize, overflow: OverflowPolicy) -> SignalConfig {
    let mut config = config();
    config.max_queued_events = messages;
    config.overflow = overflow;
    config
}

#[test]
fn ten_thousand_events_come_in_order() {
    sim(async {
        let mut world = World::new(|peer: Peer| async {
            let mut peer = admitted(peer).await?;
            for n in 0..10_000 {
                peer.send_event("n", n).await?;
            }
            crate::support::echo(peer).await
        });
        world.client.connect().await.unwrap();
        for n in 0..10_000 {
            assert_eq!(number(&world.message().await), n);
        }
        let stats = world.client.stats();
        assert_eq!((stats.messages_received, stats.lagged, stats.dropped.total()), (10_000, 0, 0));
        world.finish().await;
    });
}

#[test]
fn backpressure_loses_nothing_and_the_heartbeat_goes_on() {
    sim(async {
        let (mut world, beats) = world(queue_of(100, OverflowPolicy::Backpressure), 2_000);
        world.client.connect().await.unwrap();
        sleep(HOUR).await;
        let stats = world.client.stats();
        assert_eq!((stats.state, stats.sessions), (State::Authenticated, 1));
        assert_eq!(stats.messages_received, 100);
        // The messages, and what tells of the connection.
        assert_eq!(stats.queued_events, 100 + 5);
        assert!((100_000..105_000).contains(&stats.queued_bytes), "{}", stats.queued_bytes);
        let beats = beats.take();
        assert!((118..=120).contains(&beats.len()), "{}", beats.len());
        for pair in beats.windows(2) {
            let apart = pair[1] - pair[0];
            assert!(apart >= 30 * SECOND && apart <= 30 * SECOND + TICK, "{apart:?}");
        }
        for n in 0..2_000 {
            assert_eq!(number(&world.message().await), n);
        }
        assert_eq!(world.client.stats().lagged, 0);
        world.finish().await;
    });
}

#[test]
fn bytes_are_bounded_as_well_as_messages() {
    sim(async {
        let mut config = config();
        config.max_queued_bytes = 10_000;
        let (mut world, _) = world(config, 500);
        world.client.connect().await.unwrap();
        sleep(SECOND).await;
        let stats = world.client.stats();
        assert_eq!(stats.messages_received, 10);
        assert!(stats.queued_bytes < 10_000 + 1_100, "{}", stats.queued_bytes);
        for n in 0..500 {
            assert_eq!(number(&world.message().await), n);
        }
        world.finish().await;
    });
}

#[test]
fn silence_counts_again_when_the_host_takes_events_again() {
    sim(async {
        let (mut world, _) = world(queue_of(100, OverflowPolicy::Backpressure), 130);
        world.client.connect().await.unwrap();
        sleep(SECOND).await;
        world.network.faults().stall(Direction::Both);
        sleep(HOUR).await;
        // Who does not read cannot say that the server is silent.
        assert_eq!(world.client.state(), State::Authenticated);
        // What had come already is delivered, and then nothing more.
        for n in 0..130 {
            assert_eq!(number(&world.message().await), n);
        }
        let (change, time) = timed(world.wait_for(State::Reconnecting)).await;
        assert_eq!(change.reason.unwrap().code(), "pong_timeout");
        // A heartbeat later at most.
        assert!(time >= 10 * SECOND && time <= 40 * SECOND + TICK, "{time:?}");
        world.network.faults().clear();
        world.client.disconnect().await;
    });
}

#[test]
fn what_the_line_still_held_is_delivered_after_it_broke() {
    sim(async {
        let (mut world, _) = world(queue_of(10, OverflowPolicy::Backpressure), 20);
        world.client.connect().await.unwrap();
        sleep(SECOND).await;
        // The server's part is over; what it said is in the client's buffers.
        world.network.faults().cut(aldis_testkit::Cut::Fin);
        sleep(HOUR).await;
        for n in 0..20 {
            assert_eq!(number(&world.message().await), n);
        }
        let change = world.change_to(State::Reconnecting).await;
        assert_eq!(change.reason.unwrap().code(), "connection_lost");
        world.client.disconnect().await;
    });
}

#[test]
fn drop_oldest_tells_exactly_what_is_missing() {
    sim(async {
        const SENT: usize = 5_000;
        let (mut world, _) = world(queue_of(50, OverflowPolicy::DropOldest), SENT);
        world.client.connect().await.unwrap();
        let (mut received, mut missed, mut reports) = (Vec::new(), 0, 0);
        while received.last() != Some(&(SENT - 1)) {
            match world.events.next().await.unwrap() {
                SignalEvent::Message(message) => {
                    received.push(number(&message));
                    // As slow as it takes for the queue to overflow between two events.
                    for _ in 0..received.len() % 40 {
                        tokio::task::yield_now().await;
                    }
                }
                SignalEvent::Lagged { missed: more } => {
                    missed += more;
                    reports += 1;
                }
                _ => {}
            }
        }
        assert!(reports > 1 && received.len() > 50, "{reports} {}", received.len());
        assert!(received.is_sorted_by(|one, next| one < next));
        assert_eq!(received.len() as u64 + missed, SENT as u64);
        let stats = world.client.stats();
        assert_eq!((stats.lagged, stats.messages_received), (missed, SENT as u64));
        world.finish().await;
    });
}

#[test]
fn drop_oldest_keeps_the_newest() {
    sim(async {
        let (mut world, beats) = world(queue_of(50, OverflowPolicy::DropOldest), 2_000);
        world.client.connect().await.unwrap();
        sleep(HOUR).await;
        assert!(beats.len() >= 118);
        assert_eq!(world.client.stats().messages_received, 2_000);
        let first = world.events.next().await;
        assert!(matches!(first, Some(SignalEvent::Lagged { missed: 1_950 })), "{first:?}");
        for n in 1_950..2_000 {
            assert_eq!(number(&world.message().await), n);
        }
        world.finish().await;
    });
}

#[test]
fn a_host_that_drops_the_stream_keeps_the_connection() {
    sim(async {
        let (World { client, events, server, .. }, beats) =
            world(queue_of(100, OverflowPolicy::Backpressure), 1_000);
        client.connect().await.unwrap();
        sleep(SECOND).await;
        assert_eq!(client.stats().messages_received, 100);
        drop(events);
        sleep(HOUR).await;
        let stats = client.stats();
        assert_eq!((stats.messages_received, stats.lagged), (1_000, 1_000));
        assert_eq!((stats.queued_events, stats.queued_bytes), (0, 0));
        assert_eq!((stats.state, stats.sessions), (State::Authenticated, 1));
        assert!(beats.len() >= 118);
        client.disconnect().await;
        server.finish().await.unwrap();
    });
}

#[test]
fn batches_are_in_order_and_no_larger_than_asked() {
    sim(async {
        let World { client, mut events, server, .. } = world(config(), 1_000).0;
        client.connect().await.unwrap();
        sleep(SECOND).await;
        let mut batch = Vec::new();
        assert_eq!(events.next_batch(&mut batch, 0).await, 0);
        let mut next = 0;
        while next < 1_000 {
            let taken = events.next_batch(&mut batch, 64).await;
            assert!((1..=64).contains(&taken) && batch.len() == taken);
            for event in batch.drain(..) {
                if let SignalEvent::Message(message) = event {
                    assert_eq!(number(&message), next);
                    next += 1;
                }
            }
        }
        client.disconnect().await;
        drop(client);
        while events.next_batch(&mut batch, 64).await > 0 {}
        assert_eq!(events.next_batch(&mut batch, 64).await, 0);
        assert!(matches!(batch.last(), Some(SignalEvent::State(_))), "{batch:?}");
        server.finish().await.unwrap();
    });
}

#[test]
fn a_host_that_sleeps_through_a_flood_of_reports_has_a_bound() {
    sim(async {
        let mut world = World::new(|peer: Peer| async {
            let mut peer = admitted(peer).await?;
            for _ in 0..20 {
                peer.send_plain("e", 1).await?;
            }
            peer.close(1001, "").await
        });
        let _ = world.client.connect().await;
        sleep(HOUR / 4).await;
        let stats = world.client.stats();
        assert!(stats.queued_events <= 256, "{}", stats.queued_events);
        assert_eq!(stats.dropped.plaintext, 20 * stats.sessions);
        let first = world.events.next().await;
        assert!(matches!(first, Some(SignalEvent::Lagged { .. })), "{first:?}");
        world.client.disconnect().await;
    });
}

#[test]
fn taking_an_event_can_be_given_up_without_losing_it() {
    sim(async {
        let go = std::sync::Arc::new(Notify::new());
        let waits = std::sync::Arc::clone(&go);
        let mut world = World::new(move |peer: Peer| {
            let waits = std::sync::Arc::clone(&waits);
            async move {
                let mut peer = admitted(peer).await?;
                waits.notified().await;
                peer.send_event("n", 7).await?;
                crate::support::echo(peer).await
            }
        });
        world.client.connect().await.unwrap();
        let nothing = tokio::time::timeout(Duration::from_secs(5), world.message()).await;
        assert!(nothing.is_err());
        go.notify_one();
        assert_eq!(number(&world.message().await), 7);
        world.finish().await;
    });
}

//! Messages on their way to the server: now, later, or not at all.

use std::collections::BTreeMap;
use std::time::Duration;

use aldis_client::OutgoingError;
use aldis_client::{ConnectionState as State, SendError, SignalClient, SignalConfig, SignalError};
use aldis_testkit::{Cut, Dialling, Direction, MemoryNetwork, Peer, ScriptedServer};
use futures_util::FutureExt;
use tokio::time::sleep;

use crate::support::{
    HOUR, Notes, SECOND, Scripted, World, admitted, config, honest, number, sim, timed,
};

/// Lets the client in and notes the numbers that it sends.
async fn note(peer: Peer, notes: Notes<usize>) -> Scripted {
    let mut peer = admitted(peer).await?;
    while let Some(event) = peer.next_event().await? {
        notes.add(number(&event));
    }
    Ok(())
}

fn world(config: SignalConfig) -> (World, Notes<usize>) {
    let notes = Notes::new();
    let noting = notes.clone();
    (World::with(config, |builder| builder, move |peer| note(peer, noting.clone())), notes)
}

#[test]
fn without_a_session_sending_fails_and_says_so() {
    sim(async {
        let (world, _) = world(config());
        let refused = |state: State| {
            let error = world.client.send("e", &1).unwrap_err();
            assert_eq!(error.code(), "not_connected");
            let SendError::NotConnected { state: told } = error else { panic!("{error}") };
            assert_eq!(told, state);
            let request = world.client.request("e", &1, SECOND).now_or_never().unwrap();
            assert_eq!(request.unwrap_err().code(), "not_connected");
        };
        refused(State::Disconnected);
        world.network.set_dialling(Dialling::Hang);
        let _ = world.client.connect().now_or_never();
        sleep(SECOND).await;
        refused(State::Connecting);
        world.network.set_dialling(Dialling::Refuse);
        world.wait_for(State::Reconnecting).await;
        refused(State::Reconnecting);
    });
}

#[test]
fn messages_with_a_time_to_live_wait_and_arrive_once_in_order() {
    sim(async {
        let (world, notes) = world(config());
        let mut next = 0..;
        let mut send = |ttl: bool| {
            for n in next.by_ref().take(10) {
                let sent = if ttl {
                    world.client.send_with_ttl("n", &n, 60 * SECOND)
                } else {
                    world.client.send("n", &n)
                };
                sent.unwrap();
            }
        };
        send(true);
        world.client.connect().await.unwrap();
        send(false);
        send(true);
        // So that it is the server's turn: the line may be cut behind what was written.
        sleep(SECOND).await;
        world.network.faults().cut(Cut::Fin);
        world.wait_for(State::Reconnecting).await;
        send(true);
        world.wait_for(State::Authenticated).await;
        send(false);
        world.client.disconnect().await;
        send(true);
        world.client.connect().await.unwrap();
        sleep(SECOND).await;
        assert_eq!(notes.take(), (0..60).collect::<Vec<_>>());
        let stats = world.client.stats();
        assert_eq!((stats.messages_sent, stats.unsent, stats.expired), (60, 0, 0));
        world.finish().await;
    });
}

#[test]
fn what_waits_for_too_long_is_told_and_counted() {
    sim(async {
        let (mut world, notes) = world(config());
        world.client.send_with_ttl("long", &1, HOUR).unwrap();
        world.client.send_with_ttl("idle", &2, 5 * SECOND).unwrap();
        let (error, time) = timed(world.error()).await;
        assert!(matches!(&error, SignalError::MessageExpired { event } if event == "idle"));
        assert_eq!((error.code(), time.as_secs()), ("message_expired", 5));
        world.network.set_dialling(Dialling::Refuse);
        let _ = world.client.connect().now_or_never();
        for state in ["backoff", "offline"] {
            world.client.send_with_ttl(state, &3, 5 * SECOND).unwrap();
            let error = world.error().await;
            assert!(matches!(&error, SignalError::MessageExpired { event } if event == state));
            world.client.network_lost();
        }
        assert_eq!((world.client.stats().expired, world.client.stats().outbox_messages), (3, 1));
        world.network.set_dialling(Dialling::Answer);
        world.client.connect().await.unwrap();
        sleep(SECOND).await;
        assert_eq!(notes.take(), [1]);
        for ttl in [Duration::ZERO, 25 * HOUR] {
            assert_eq!(world.client.send_with_ttl("e", &1, ttl).unwrap_err().code(), "invalid_ttl");
        }
        world.finish().await;
    });
}

#[test]
fn a_message_expires_behind_a_line_that_is_stuck() {
    sim(async {
        let mut config = config();
        config.max_outbox_bytes = 64 << 20;
        let mut world = World::with(
            config,
            |builder| builder,
            |peer| async { crate::support::deaf(admitted(peer).await?).await },
        );
        world.client.connect().await.unwrap();
        for _ in 0..80 {
            world.client.send("ballast", &"x".repeat(90_000)).unwrap();
        }
        sleep(SECOND).await;
        assert!(world.client.stats().outbox_messages > 10);
        world.client.send_with_ttl("late", &1, 5 * SECOND).unwrap();
        let (error, time) = timed(world.error()).await;
        assert_eq!((error.code(), time.as_secs()), ("message_expired", 5));
        world.client.disconnect().await;
    });
}

#[test]
fn a_full_outbox_refuses_with_its_numbers() {
    sim(async {
        let mut config = config();
        config.max_outbox_messages = 3;
        let (world, _) = world(config);
        for n in 0..3 {
            world.client.send_with_ttl("n", &n, HOUR).unwrap();
        }
        let error = world.client.send_with_ttl("n", &3, HOUR).unwrap_err();
        let text = error.to_string();
        let SendError::OutboxFull { messages, bytes, max_messages, max_bytes } = error else {
            panic!("{error}")
        };
        // {"event":"n","data":0}
        assert_eq!((messages, bytes, max_messages, max_bytes), (3, 66, 3, 4 << 20));
        assert!(text.contains("at most 3 messages"), "{text}");
        world.client.connect().await.unwrap();
        sleep(SECOND).await;
        world.client.send("n", &4).unwrap();
        world.finish().await;
    });
}

#[test]
fn too_large_a_message_is_refused_and_the_connection_unharmed() {
    sim(async {
        let mut world = World::new(honest);
        world.client.connect().await.unwrap();
        // {"event":"e","data":"…"} around the text.
        let largest = "x".repeat(98_240 - 23);
        let error = world.client.send("e", &format!("{largest}x")).unwrap_err();
        assert_eq!(error.code(), "message_too_large");
        let SendError::Message(OutgoingError::TooLarge { size, limit }) = error else {
            panic!("{error}")
        };
        assert_eq!((size, limit), (98_241, 98_240));
        world.client.send("e", &largest).unwrap();
        assert_eq!(world.message().await.data().len(), 98_240 - 21);
        assert_eq!(world.client.stats().sessions, 1);
        world.finish().await;
    });
}

#[test]
fn what_is_no_message_is_refused() {
    sim(async {
        let world = World::new(honest);
        world.client.connect().await.unwrap();
        let sent = |event: &str| world.client.send(event, &1).map_err(|error| error.code());
        for event in ["authenticate", "connected", "encrypted", "heartbeat", "join", "leave"] {
            assert_eq!(sent(event), Err("event_name_reserved"), "{event}");
        }
        assert_eq!(sent(""), Err("event_name_empty"));
        let no_json = BTreeMap::from([(vec![1], 1)]);
        assert_eq!(world.client.send("e", &no_json).unwrap_err().code(), "payload_not_json");
        assert_eq!(sent("error"), Ok(()));
        world.finish().await;
    });
}

/// Messages that are told as unsent after the line was stuck for a while and then lost.
fn unsent_after(stuck: Duration) -> u64 {
    sim(async {
        let mut config = config();
        config.max_outbox_bytes = 64 << 20;
        config.heartbeat_interval = 10 * SECOND;
        config.pong_timeout = 600 * SECOND;
        let mut world = World::with(
            config,
            |builder| builder,
            |peer| async { crate::support::deaf(admitted(peer).await?).await },
        );
        world.client.connect().await.unwrap();
        for _ in 0..100 {
            world.client.send("ballast", &"x".repeat(90_000)).unwrap();
        }
        world.client.send_with_ttl("survives", &1, HOUR).unwrap();
        sleep(stuck).await;
        world.network.faults().cut(Cut::Reset);
        let error = world.error().await;
        let SignalError::MessagesUnsent { count } = error else { panic!("{error}") };
        assert_eq!((error.code(), world.client.stats().unsent), ("messages_unsent", count));
        assert_eq!(world.client.stats().outbox_messages, 1);
        world.client.disconnect().await;
        count
    })
}

#[test]
fn what_a_lost_connection_kept_is_counted_without_the_heartbeats() {
    let unsent = unsent_after(SECOND);
    // The line holds some 4 MiB, 120 KB each.
    assert!((50..=70).contains(&unsent), "{unsent}");
    assert_eq!(unsent_after(300 * SECOND), unsent);
}

#[test]
fn what_an_unread_goodbye_keeps_is_counted_too() {
    sim(async {
        let mut world =
            World::new(|peer| async { crate::support::deaf(admitted(peer).await?).await });
        world.client.connect().await.unwrap();
        world.network.faults().stall(Direction::Both);
        let mut accepted = 0;
        for _ in 0..200 {
            accepted += u64::from(world.client.send("e", &"x".repeat(90_000)).is_ok());
            tokio::task::yield_now().await;
        }
        world.client.disconnect().await;
        let stats = world.client.stats();
        assert!(stats.unsent > 0 && stats.messages_sent < accepted, "{stats:?}");
        let SignalError::MessagesUnsent { count } = world.error().await else { panic!() };
        assert_eq!(count, stats.unsent);
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn threads_that_send_at_once_keep_their_own_order() {
    const THREADS: usize = 16;
    const EACH: usize = 300;
    let network = MemoryNetwork::new();
    let (done, all) = tokio::sync::oneshot::channel();
    let done = std::sync::Arc::new(std::sync::Mutex::new(Some(done)));
    let server = ScriptedServer::start_in(&network, move |peer: Peer| {
        let done = std::sync::Arc::clone(&done);
        async move {
            let mut peer = admitted(peer).await?;
            let mut next = [0; THREADS];
            for _ in 0..THREADS * EACH {
                let event = peer.recv_event().await?;
                let thread: usize = event.event().parse().unwrap();
                assert_eq!(number(&event), next[thread], "thread {thread}");
                next[thread] += 1;
            }
            let _ = done.lock().unwrap().take().unwrap().send(());
            crate::support::echo(peer).await
        }
    });
    let mut config = config();
    config.max_outbox_messages = THREADS * EACH;
    let (client, _events) = SignalClient::builder(config).dialer(network).build().unwrap();
    client.connect().await.unwrap();
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let client = client.clone();
            std::thread::spawn(move || {
                for n in 0..EACH {
                    client.send(&thread.to_string(), &n).unwrap();
                }
            })
        })
        .collect();
    tokio::time::timeout(Duration::from_mins(1), all).await.expect("all arrive").unwrap();
    for thread in threads {
        thread.join().unwrap();
    }
    client.disconnect().await;
    server.finish().await.unwrap();
}

#[test]
fn verbatim_payloads_stay_verbatim() {
    sim(async {
        let mut world = World::new(|peer: Peer| async {
            let mut peer = admitted(peer).await?;
            while let Some(event) = peer.next_event().await? {
                let frame = peer.seal(&format!(r#"{{"data":{},"event":"back"}}"#, event.data()))?;
                peer.send_text(frame).await?;
            }
            Ok(())
        });
        world.client.connect().await.unwrap();
        for text in
            [r#"{ "a" : [1.0e3,  "\u00e9é😀\ud83d\ude00"] }"#, "null", "12345678901234567890123"]
        {
            let raw = serde_json::value::RawValue::from_string(text.to_owned()).unwrap();
            world.client.send("e", &raw).unwrap();
            let message = world.message().await;
            assert_eq!((message.event(), message.data()), ("back", text));
        }
        world.finish().await;
    });
}

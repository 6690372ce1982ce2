//! Rooms, across reconnects and in an order that survives the server.

use aldis_client::ConnectionState as State;
use aldis_testkit::{Cut, Dialling, Frame, Peer};
use futures_util::FutureExt;
use tokio::time::{Instant, sleep};

use crate::support::{Notes, SECOND, Scripted, TICK, World, admitted, config, sim};

#[derive(serde::Deserialize)]
struct Rooms {
    rooms: Vec<String>,
}

/// What a connection said of rooms, and which events it sent between.
#[derive(Debug, PartialEq)]
struct Said {
    connection: usize,
    event: String,
    rooms: Vec<String>,
}

/// Notes joins, leaves and events in the order of the wire.
async fn note(peer: Peer, notes: Notes<(Said, Instant)>) -> Scripted {
    let mut peer = admitted(peer).await?;
    let connection = peer.index();
    while let Ok(frame) = peer.recv().await {
        match frame {
            Frame::Ping(payload) => peer.send(Frame::Pong(payload)).await?,
            Frame::Text(text) => {
                assert!(text.len() <= 131_072, "{}", text.len());
                let sealed = text.starts_with(r#"{"event":"encrypted""#);
                let message = if sealed {
                    peer.open(&text)?
                } else {
                    aldis_client::Message::parse(text).unwrap()
                };
                let rooms = message.decode().map(|Rooms { rooms }| rooms).unwrap_or_default();
                let event = message.event().to_owned();
                notes.add((Said { connection, event, rooms }, Instant::now()));
            }
            _ => {}
        }
    }
    Ok(())
}

fn world(rooms: &[&str]) -> (World, Notes<(Said, Instant)>) {
    let mut config = config();
    config.rooms = rooms.iter().map(ToString::to_string).collect();
    let notes = Notes::new();
    let noting = notes.clone();
    (World::with(config, |builder| builder, move |peer| note(peer, noting.clone())), notes)
}

fn said(connection: usize, event: &str, rooms: &[&str]) -> Said {
    let rooms = rooms.iter().map(ToString::to_string).collect();
    Said { connection, event: event.to_owned(), rooms }
}

fn without_times(notes: &Notes<(Said, Instant)>) -> Vec<Said> {
    notes.take().into_iter().map(|(said, _)| said).collect()
}

#[test]
fn rooms_are_restored_with_those_joined_and_left_meanwhile() {
    sim(async {
        let (world, notes) = world(&["a"]);
        world.client.join(["early"]).unwrap();
        world.client.connect().await.unwrap();
        world.client.join(["b", "c"]).unwrap();
        sleep(SECOND).await;
        world.client.leave(["a"]).unwrap();
        sleep(SECOND).await;
        let expected = [
            said(0, "join", &["a", "early"]),
            said(0, "join", &["b", "c"]),
            said(0, "leave", &["a"]),
        ];
        assert_eq!(without_times(&notes), expected);

        world.network.faults().cut(Cut::Fin);
        world.wait_for(State::Reconnecting).await;
        world.client.join(["d"]).unwrap();
        world.client.leave(["b"]).unwrap();
        world.client.join(["c"]).unwrap();
        world.wait_for(State::Authenticated).await;
        sleep(SECOND).await;
        assert_eq!(without_times(&notes), [said(1, "join", &["c", "d", "early"])]);
        let rooms: Vec<_> = world.client.rooms().iter().map(ToString::to_string).collect();
        assert_eq!(rooms, ["c", "d", "early"]);

        world.client.disconnect().await;
        world.client.connect().await.unwrap();
        sleep(SECOND).await;
        assert_eq!(without_times(&notes), [said(2, "join", &["c", "d", "early"])]);
        world.finish().await;
    });
}

#[test]
fn rooms_that_change_as_the_session_opens_are_neither_lost_nor_doubled() {
    sim(async {
        let (world, notes) = world(&["a"]);
        let mut state = world.client.watch_state();
        let host = async {
            state.wait_for(|now| now.state == State::Authenticating).await.unwrap();
            world.client.join(["b"]).unwrap();
            state.wait_for(|now| now.state == State::Authenticated).await.unwrap();
            world.client.join(["c"]).unwrap();
        };
        tokio::join!(host, world.client.connect()).1.unwrap();
        sleep(SECOND).await;
        assert_eq!(without_times(&notes), [said(0, "join", &["a", "b"]), said(0, "join", &["c"])]);
        world.finish().await;
    });
}

#[test]
fn a_message_does_not_overtake_the_join_before_it() {
    sim(async {
        let (world, notes) = world(&["a"]);
        // What waits for a connection goes out behind the rooms of the session.
        world.client.send_with_ttl("waiting", &1, 60 * SECOND).unwrap();
        world.client.connect().await.unwrap();
        world.client.send("before", &1).unwrap();
        world.client.join(["b"]).unwrap();
        world.client.send("after", &1).unwrap();
        sleep(SECOND).await;
        let events: Vec<_> = without_times(&notes).into_iter().map(|said| said.event).collect();
        assert_eq!(events, ["join", "waiting", "before", "join", "after"]);
        world.finish().await;
    });
}

#[test]
fn a_leave_right_behind_its_join_is_held_back() {
    sim(async {
        let (world, notes) = world(&[]);
        world.client.connect().await.unwrap();
        world.client.join(["a", "b"]).unwrap();
        world.client.leave(["a"]).unwrap();
        world.client.join(["a"]).unwrap();
        world.client.leave(["b"]).unwrap();
        sleep(2 * SECOND).await;
        let notes = notes.take();
        let said: Vec<_> =
            notes.iter().map(|(said, _)| (said.event.as_str(), said.rooms.join(" "))).collect();
        assert_eq!(said, [("join", "a b".into()), ("join", "a".into()), ("leave", "b".into())]);
        let held = notes[2].1 - notes[0].1;
        assert!(held.as_millis() >= 500 && held <= SECOND / 2 + TICK, "{held:?}");
        world.finish().await;
    });
}

#[test]
fn a_burst_of_rooms_fits_the_limit_of_a_frame() {
    sim(async {
        let (world, notes) = world(&[]);
        let rooms: Vec<_> = (0..10_000).map(|n| format!("{n:05}{}", "ü".repeat(100))).collect();
        world.client.join(&rooms).unwrap();
        let error = world.client.join(["one more"]).unwrap_err();
        assert_eq!(error.code(), "too_many_rooms");
        world.client.connect().await.unwrap();
        sleep(SECOND).await;
        let joined = without_times(&notes);
        assert!(joined.len() > 10, "{}", joined.len());
        let joined: Vec<_> = joined.into_iter().flat_map(|said| said.rooms).collect();
        assert!(joined == rooms, "{} rooms", joined.len());
        world.client.leave(&rooms).unwrap();
        sleep(SECOND).await;
        let left: Vec<_> = without_times(&notes).into_iter().flat_map(|said| said.rooms).collect();
        assert_eq!(left.len(), rooms.len());
        assert!(world.client.rooms().is_empty());
        world.finish().await;
    });
}

#[test]
fn bad_names_are_refused_with_the_whole_list() {
    sim(async {
        let (world, _) = world(&[]);
        for (name, code) in [
            ("", "room_name_empty"),
            ("ws:x", "room_name_reserved"),
            (&*"x".repeat(257), "room_name_too_long"),
        ] {
            assert_eq!(world.client.join(["fine", name]).unwrap_err().code(), code);
            assert_eq!(world.client.leave(["fine", name]).unwrap_err().code(), code);
        }
        assert!(world.client.rooms().is_empty());
        world.network.set_dialling(Dialling::Refuse);
        assert!(world.client.connect().now_or_never().is_none());
    });
}

//! Servers and lines that say what they should not.

use std::sync::Arc;
use std::time::Duration;

use aldis_client::{CloseReason, ConnectionState as State, SignalError};
use aldis_protocol::handshake::KeyPair;
use aldis_testkit::{Acceptance, Direction, Frame, Peer, tampered};
use serde_json::json;
use tokio::time::sleep;

use crate::support::{
    HOUR, Notes, SECOND, Scripted, TICK, World, admitted, config, echo, honest, number, sim, timed,
};

#[test]
fn before_connected_only_an_error_is_heard() {
    sim(async {
        let mut world = World::new(|mut peer: Peer| async move {
            let authenticate = peer.expect_authenticate().await?;
            for n in 0..3 {
                peer.send_plain("broadcast", n).await?;
            }
            peer.send_plain("error", json!({ "message": "watch out" })).await?;
            peer.send_text("no JSON").await?;
            peer.send_binary("binary").await?;
            peer.accept(&authenticate, &Acceptance::new()).await?;
            peer.send_event("n", 1).await?;
            echo(peer).await
        });
        world.client.connect().await.unwrap();
        assert_eq!(world.error().await.code(), "dropped_before_connected");
        let error = world.error().await;
        assert!(matches!(&error, SignalError::Server(words) if words == "watch out"), "{error}");
        assert_eq!(world.error().await.code(), "dropped_malformed");
        assert_eq!(world.error().await.code(), "dropped_binary");
        assert_eq!(number(&world.message().await), 1);
        let dropped = world.client.stats().dropped;
        assert_eq!((dropped.before_connected, dropped.malformed, dropped.binary), (3, 1, 1));
        world.finish().await;
    });
}

#[test]
fn after_connected_plaintext_is_refused_told_once_and_counted() {
    sim(async {
        let mut world = World::new(|mut peer: Peer| async move {
            let authenticate = peer.expect_authenticate().await?;
            let connected = peer.prepare(&authenticate, &Acceptance::new().client_id("true"))?;
            peer.send_text(connected.clone()).await?;
            peer.send_text(connected.replace("true", "false")).await?;
            for n in 0..4 {
                peer.send_plain("chat", n).await?;
            }
            peer.send_plain("error", json!({ "message": "plain" })).await?;
            peer.send_event("n", 1).await?;
            echo(peer).await
        });
        let session = world.client.connect().await.unwrap();
        assert_eq!(session.client_id, "true");
        assert_eq!(world.error().await.code(), "dropped_plaintext");
        assert_eq!(number(&world.message().await), 1);
        let stats = world.client.stats();
        assert_eq!((stats.dropped.plaintext, stats.dropped.total()), (6, 6));
        assert_eq!((stats.sessions, world.client.client_id().as_deref()), (1, Some("true")));
        world.client.send("ask", &2).unwrap();
        assert_eq!(number(&world.message().await), 2);
        world.finish().await;
    });
}

#[test]
fn replayed_and_reflected_frames_are_dropped() {
    sim(async {
        let mut world = World::new(|peer: Peer| async {
            let mut peer = admitted(peer).await?;
            let sealed = peer.seal(r#"{"event":"n","data":1}"#)?;
            for _ in 0..3 {
                peer.send_text(sealed.clone()).await?;
            }
            let Frame::Text(theirs) = peer.recv().await? else { panic!("no text") };
            peer.send_text(theirs.clone()).await?;
            peer.send_text(theirs).await?;
            peer.send_event("n", 2).await?;
            echo(peer).await
        });
        world.client.connect().await.unwrap();
        world.client.send("mine", &0).unwrap();
        assert_eq!(number(&world.message().await), 1);
        assert_eq!(world.error().await.code(), "dropped_replayed");
        assert_eq!(world.error().await.code(), "dropped_reflected");
        assert_eq!(number(&world.message().await), 2);
        let dropped = world.client.stats().dropped;
        assert_eq!((dropped.replayed, dropped.reflected, dropped.total()), (2, 2, 4));
        world.finish().await;
    });
}

#[test]
fn what_cannot_be_decrypted_ends_the_session_in_one_uniform_way() {
    fn spoil(peer: &mut Peer, how: usize) -> String {
        let sealed = peer.seal(r#"{"event":"secret","data":"payload"}"#).unwrap();
        let frame = |iv: &str, ct: &str| json!({"event":"encrypted","data":{"iv":iv,"ct":ct}});
        match how {
            0 => tampered(&sealed).unwrap(),
            1 => frame("AAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA").to_string(),
            2 => frame("AAAAAAAAAAAAAAAA", "AAAA").to_string(),
            3 => frame("AAAA", "AAAA").to_string(),
            4 => frame("not base64!", "AAAA").to_string(),
            5 => r#"{"event":"encrypted"}"#.to_owned(),
            _ => r#"{"event":"encrypted","data":[1]}"#.to_owned(),
        }
    }
    sim(async {
        for how in 0..7 {
            let closes = Notes::new();
            let noting = closes.clone();
            let mut world = World::new(move |peer: Peer| {
                let noting = noting.clone();
                async move {
                    let mut peer = admitted(peer).await?;
                    if peer.index() > 0 {
                        return echo(peer).await;
                    }
                    let text = spoil(&mut peer, how);
                    peer.send_text(text).await?;
                    peer.send_event("behind", 1).await?;
                    noting.add(peer.recv().await?);
                    Ok(())
                }
            });
            let _ = world.client.connect().await;
            let change = world.change_to(State::Reconnecting).await;
            assert_eq!(change.reason.unwrap().code(), "undecryptable", "{how}");
            world.wait_for(State::Authenticated).await;
            let close = (1008, "undecryptable frame".to_owned());
            assert_eq!(closes.take(), [Frame::Close(Some(close))], "{how}");
            assert_eq!(world.client.stats().messages_received, 0, "{how}");
            world.finish().await;
        }
    });
}

#[test]
fn nonsense_is_dropped_and_the_session_goes_on() {
    let texts = ["", "{", "null", "[]", "42", r#"{"data":1}"#, r#"{"event":7}"#, "\u{0}\u{feff}"];
    sim(async move {
        let mut world = World::new(move |peer: Peer| async move {
            let mut peer = admitted(peer).await?;
            for text in texts {
                peer.send_text(text).await?;
                let sealed = peer.seal(text)?;
                peer.send_text(sealed).await?;
            }
            peer.send_binary(vec![0xff; 100]).await?;
            peer.send_event("n", 1).await?;
            echo(peer).await
        });
        world.client.connect().await.unwrap();
        assert_eq!(number(&world.message().await), 1);
        let stats = world.client.stats();
        assert_eq!((stats.dropped.malformed, stats.dropped.binary), (2 * texts.len() as u64, 1));
        assert_eq!(stats.sessions, 1);
        world.finish().await;
    });
}

/// The first session ends by what `odd` does, the second one stands.
async fn survived<R>(
    what: &str,
    odd: impl Fn(Peer) -> R + Clone + Send + Sync + 'static,
) -> CloseReason
where
    R: Future<Output = Scripted> + Send,
{
    let mut world = World::new(move |peer: Peer| {
        let odd = odd.clone();
        async move {
            let peer = admitted(peer).await?;
            if peer.index() > 0 { echo(peer).await } else { odd(peer).await }
        }
    });
    let _ = world.client.connect().await;
    let change = world.change_to(State::Reconnecting).await;
    world.change_to(State::Authenticated).await;
    world.client.send("ask", &1).unwrap();
    assert_eq!(number(&world.message().await), 1, "{what}");
    world.finish().await;
    change.reason.unwrap()
}

#[test]
fn more_than_the_client_takes_costs_the_connection_and_no_memory() {
    sim(async {
        let reason = survived("20 MB", |mut peer: Peer| async move {
            // The client may leave while it is written.
            let _ = peer.send_text("x".repeat(20 << 20)).await;
            Ok(())
        });
        assert_eq!(reason.await.code(), "connection_lost");

        let reason = survived("fragments", |mut peer: Peer| async move {
            let fragment = vec![b'x'; 60_000];
            let mut opcode = 1;
            loop {
                let mut bytes = vec![opcode, 126];
                bytes.extend(u16::try_from(fragment.len()).unwrap().to_be_bytes());
                bytes.extend(&fragment);
                opcode = 0;
                if peer.send_bytes(&bytes).await.is_err() {
                    return Ok(());
                }
            }
        });
        assert_eq!(reason.await.code(), "connection_lost");
    });
}

#[test]
fn broken_frames_cost_the_connection_only() {
    let long_ping = [&b"\x89\x7e\x00\x7e"[..], &[0; 126]].concat();
    let long_ping: &[u8] = Box::leak(long_ping.into_boxed_slice());
    let broken: [(&str, &[u8]); 8] = [
        ("a reserved opcode", b"\x83\x00"),
        ("a reserved bit", b"\xc1\x00"),
        ("a masked frame", b"\x81\x82\0\0\0\0{}"),
        ("a fragmented ping", b"\x09\x00"),
        ("a ping of 126 bytes", long_ping),
        ("a continuation of nothing", b"\x80\x00"),
        ("a text that is not UTF-8", b"\x81\x02\xff\xfe"),
        ("a length of 2^63", b"\x81\x7f\x80\0\0\0\0\0\0\0"),
    ];
    sim(async {
        for (what, bytes) in broken {
            let reason = survived(what, move |mut peer: Peer| async move {
                peer.send_bytes(bytes).await?;
                peer.hold().await;
                Ok(())
            });
            assert_eq!(reason.await.code(), "connection_lost", "{what}");
        }
    });
}

#[test]
fn odd_close_frames_are_survived() {
    sim(async {
        let payloads: [&[u8]; 8] = [
            b"",
            b"\x03",
            b"\x03\xe7",
            b"\x03\xed",
            b"\x03\xf7",
            b"\x13\x88",
            b"\xff\xff",
            b"\x03\xe8\xff\xfe",
        ];
        for payload in payloads {
            let what = format!("{payload:?}");
            let reason = survived(&what, move |mut peer: Peer| async move {
                let mut bytes = vec![0x88, u8::try_from(payload.len()).unwrap()];
                bytes.extend(payload);
                peer.send_bytes(&bytes).await?;
                peer.hold().await;
                Ok(())
            });
            let reason = reason.await;
            let known = ["closed_by_server", "connection_lost"].contains(&reason.code());
            assert!(known, "{what}: {reason}");
        }
    });
}

#[test]
fn pings_of_the_server_are_answered() {
    sim(async {
        let world = World::new(|mut peer: Peer| async move {
            let authenticate = peer.expect_authenticate().await?;
            // Before the session is open, too.
            for payload in ["early", "", "1234567890"] {
                peer.send_ping(payload).await?;
                assert_eq!(peer.recv().await?, Frame::Pong(payload.into()));
            }
            peer.accept(&authenticate, &Acceptance::new()).await?;
            peer.send_ping("open").await?;
            assert_eq!(peer.recv().await?, Frame::Pong("open".into()));
            echo(peer).await
        });
        world.client.connect().await.unwrap();
        world.finish().await;
    });
}

#[test]
fn pongs_that_nobody_asked_for_prove_nothing() {
    sim(async {
        let mut world = World::new(|peer: Peer| async {
            let mut peer = admitted(peer).await?;
            for payload in [vec![], vec![0; 8], vec![0xff; 8], vec![1; 125]] {
                peer.send(Frame::Pong(payload.into())).await?;
            }
            peer.send_event("n", 1).await?;
            peer.hold().await;
            Ok(())
        });
        world.client.connect().await.unwrap();
        assert_eq!(number(&world.message().await), 1);
        assert_eq!(world.client.stats().rtt, None);
        let (_, time) = timed(world.wait_for(State::Reconnecting)).await;
        assert!(time <= 40 * SECOND + TICK, "{time:?}");
        world.client.disconnect().await;
    });
}

#[test]
fn a_line_that_splits_into_single_bytes_changes_nothing() {
    sim(async {
        let mut world = World::new(honest);
        world.network.faults().split(Direction::Both, 1);
        world.network.faults().delay(Direction::Both, Duration::from_millis(20));
        let (session, time) = timed(world.client.connect()).await;
        session.unwrap();
        assert!(time < SECOND, "{time:?}");
        let text = "ü😀".repeat(500);
        world.client.send("e", &text).unwrap();
        assert_eq!(world.message().await.decode::<String>().unwrap(), text);
        world.client.disconnect().await;
    });
}

#[test]
fn a_line_that_flips_bits_delivers_nothing_wrong() {
    sim(async {
        let mut world = World::new(|peer: Peer| async {
            let mut peer = admitted(peer).await?;
            for n in 0..200 {
                if peer.send_event("n", n).await.is_err() {
                    return Ok(());
                }
            }
            peer.hold().await;
            Ok(())
        });
        // Behind the handshake of some 500 bytes, anywhere in messages of some 120.
        let mut delivered = 0;
        for skip in [600, 601, 610, 650, 700, 777] {
            world.network.faults().corrupt(Direction::ToClient, skip);
            let _ = world.client.connect().await;
            sleep(30 * SECOND).await;
            world.client.disconnect().await;
        }
        let stats = world.client.stats();
        let (received, dropped) = (stats.messages_received, stats.dropped.total());
        let (mut last, mut missing) = (None, 0);
        while delivered < received {
            let n = number(&world.message().await);
            let expected = last.filter(|last| *last < n).map_or(0, |last| last + 1);
            (last, delivered, missing) = (Some(n), delivered + 1, missing + n - expected);
        }
        // What became another frame by the flip is dropped and counted, or ends the session.
        assert_eq!(missing as u64, dropped);
        assert!(received > 0);
    });
}

#[test]
fn a_pinned_server_key_must_be_the_server_s() {
    sim(async {
        let good = Arc::new(KeyPair::generate(&mut rand_core::UnwrapErr(rand::rngs::SysRng)));
        let evil = Arc::new(KeyPair::generate(&mut rand_core::UnwrapErr(rand::rngs::SysRng)));
        let mut config = config();
        config.server_key = Some(good.public_key().to_base64());
        let mut world = World::with(
            config,
            |builder| builder,
            move |mut peer: Peer| {
                let keys = if peer.index() == 1 { evil.clone() } else { good.clone() };
                async move {
                    let authenticate = peer.expect_authenticate().await?;
                    peer.accept(&authenticate, &Acceptance::new().keys(keys)).await?;
                    echo(peer).await
                }
            },
        );
        world.client.connect().await.unwrap();
        world.network.faults().cut(aldis_testkit::Cut::Fin);
        world.change_to(State::Reconnecting).await;
        let change = world.change_to(State::Reconnecting).await;
        assert_eq!(change.reason.unwrap().code(), "server_key_mismatch");
        world.wait_for(State::Authenticated).await;
        assert_eq!(world.client.client_id().as_deref(), Some("client-2"));
        world.finish().await;
    });
}

/// A server without encryption.
async fn plain(mut peer: Peer) -> Scripted {
    peer.expect_authenticate().await?;
    peer.send_plain("connected", json!({ "id": "p", "userId": 7 })).await?;
    peer.send_plain("n", 1).await?;
    while let Ok(message) = peer.recv_control().await {
        peer.send_plain(message.event(), json!(message.data())).await?;
    }
    Ok(())
}

#[test]
fn plaintext_needs_leave() {
    sim(async {
        let world = World::new(plain);
        let error = world.client.connect().await.unwrap_err();
        assert_eq!(error.code(), "encryption_missing");
        sleep(HOUR).await;
        assert_eq!(world.network.faults().counts().accepted, 1);
        assert!(world.client.explain().contains("allow plaintext"));

        let mut config = config();
        config.allow_plaintext = true;
        let mut world = World::with(config, |builder| builder, plain);
        let session = world.client.connect().await.unwrap();
        assert!(!session.encrypted);
        assert_eq!(session.user_id.as_deref(), Some("7"));
        assert!(world.client.explain().contains("NOT ENCRYPTED"));
        assert_eq!(number(&world.message().await), 1);
        world.client.send("ask", &5).unwrap();
        assert_eq!(world.message().await.data(), "\"5\"");
        world.client.disconnect().await;
    });
}

#[test]
fn another_info_at_the_other_end_is_told_by_the_first_message() {
    sim(async {
        let mut world = World::new(|mut peer: Peer| async move {
            let authenticate = peer.expect_authenticate().await?;
            peer.accept(&authenticate, &Acceptance::new().info("other")).await?;
            peer.send_event("n", 1).await?;
            peer.hold().await;
            Ok(())
        });
        world.client.connect().await.unwrap();
        let change = world.change_to(State::Reconnecting).await;
        assert_eq!(change.reason.unwrap().code(), "undecryptable");
        assert!(world.client.explain().contains("Check that info is the same"));
        world.client.disconnect().await;
    });
}

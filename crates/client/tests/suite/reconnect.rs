//! When and how often the client comes back, and when it gives up.

use std::time::Duration;

use aldis_client::{CloseCode, CloseReason, ConnectionState as State, SignalConfig, SignalEvent};
use aldis_testkit::{Acceptance, Cut, Dialling, Incoming, Peer};
use futures_util::FutureExt;
use tokio::time::sleep;

use crate::support::{
    HOUR, Notes, SECOND, Scripted, TICK, World, admitted, config, echo, honest, noted, sim, timed,
};

/// The delays before the attempts to come, as announced, until the client gives up or goes on.
async fn announced(world: &mut World) -> Vec<Duration> {
    let mut delays = Vec::new();
    loop {
        match world.events.next().await.unwrap() {
            SignalEvent::State(change) if change.state == State::Reconnecting => {
                delays.push(change.retry_in.unwrap());
                assert_eq!(change.attempt as usize, delays.len());
            }
            SignalEvent::State(change)
                if matches!(change.state, State::Disconnected | State::Authenticated) =>
            {
                return delays;
            }
            _ => {}
        }
    }
}

#[test]
fn the_delays_grow_to_the_cap_and_then_it_gives_up() {
    sim(async {
        let mut world = World::new(honest);
        world.network.set_dialling(Dialling::Refuse);
        let client = world.client.clone();
        let connect = async {
            let (error, time) = timed(client.connect()).await;
            (error.unwrap_err(), time)
        };
        let ((error, time), delays) = tokio::join!(connect, announced(&mut world));
        let expected: Vec<_> =
            (0..20).map(|n| Duration::from_secs_f64((2.0 * 1.5_f64.powi(n)).min(30.0))).collect();
        assert_eq!(delays, expected);
        let sum: Duration = expected.iter().sum();
        assert!(time >= sum && time <= sum + 20 * TICK, "{time:?}, {sum:?}");
        assert_eq!(error.code(), "retries_exhausted");
        let last = world.client.stats().last_close.unwrap();
        let CloseReason::RetriesExhausted { attempts: 21, last } = last else { panic!("{last}") };
        assert_eq!(last.code(), "connect_failed");
        assert_eq!(world.client.stats().attempts, 21);
        // Given up means at rest, and connect begins anew.
        sleep(HOUR).await;
        assert_eq!(world.client.stats().attempts, 21);
        world.network.set_dialling(Dialling::Answer);
        world.client.connect().await.unwrap();
        world.finish().await;
    });
}

#[test]
fn attempts_are_those_since_the_last_session() {
    sim(async {
        let mut config = config();
        config.max_retries = 2;
        let world = World::with(config, |builder| builder, honest);
        world.client.connect().await.unwrap();
        world.network.set_dialling(Dialling::Refuse);
        world.network.faults().cut(Cut::Fin);
        let change = world.wait_for(State::Disconnected).await;
        let Some(CloseReason::RetriesExhausted { attempts, last }) = change.reason else {
            panic!("{change:?}")
        };
        assert_eq!((attempts, last.code()), (2, "connect_failed"));
        assert_eq!(world.client.stats().attempts, 3);
        world.finish().await;
    });
}

#[test]
fn the_count_begins_anew_with_every_session() {
    sim(async {
        let mut world = World::new(honest);
        for _ in 0..3 {
            world.network.set_dialling(Dialling::Refuse);
            let _ = world.client.connect().now_or_never();
            world.network.faults().cut(Cut::Fin);
            let back = async {
                sleep(Duration::from_secs(20)).await;
                world.network.set_dialling(Dialling::Answer);
            };
            back.await;
            let delays = announced(&mut world).await;
            let seconds: Vec<_> = delays.iter().map(Duration::as_secs_f64).collect();
            assert_eq!(seconds, [2.0, 3.0, 4.5, 6.75, 10.125]);
            assert_eq!(world.client.state(), State::Authenticated);
        }
        world.finish().await;
    });
}

fn jittered(seed: u64) -> Vec<Duration> {
    sim(async {
        let mut config = config();
        config.jitter = true;
        let mut world = World::with(config, |builder| builder.jitter_seed(seed), honest);
        world.network.set_dialling(Dialling::Refuse);
        let _ = world.client.connect().now_or_never();
        announced(&mut world).await
    })
}

#[test]
fn jitter_stays_in_its_bounds_and_follows_its_seed() {
    let delays = jittered(7);
    assert_eq!(delays, jittered(7));
    assert_ne!(delays, jittered(8));
    for (n, delay) in (0..).zip(delays) {
        let ceiling = Duration::from_secs_f64((2.0 * 1.5_f64.powi(n)).min(30.0));
        assert!(delay <= ceiling && delay >= Duration::from_millis(50), "{n}: {delay:?}");
    }
}

/// The first connection does something odd; the others are honest.
fn odd_first<R>(odd: impl Fn(Incoming) -> R + Send + Sync + Clone + 'static) -> World
where
    R: Future<Output = Scripted> + Send,
{
    World::raw(config(), move |incoming| {
        let odd = odd.clone();
        async move {
            if incoming.index() == 0 {
                return odd(incoming).await;
            }
            honest(incoming.upgrade().await?).await
        }
    })
}

/// Waits for the second connection to stand, and returns why the first one ended.
async fn reason_of_the_first(mut world: World, phase: &str) -> CloseReason {
    let _ = world.client.connect().now_or_never();
    let change = world.change_to(State::Reconnecting).await;
    let change_to = world.change_to(State::Authenticated);
    let (_, time) = timed(change_to).await;
    assert!(time >= 2 * SECOND && time <= 2 * SECOND + TICK, "{phase}: {time:?}");
    assert_eq!(world.client.client_id().as_deref(), Some("client-1"), "{phase}");
    world.finish().await;
    change.reason.unwrap()
}

#[test]
fn other_close_codes_are_retried() {
    sim(async {
        for code in [1000, 1001, 1009, 1011, 1013, 4001, 4002, 4999] {
            for early in [false, true] {
                let world = World::new(move |mut peer: Peer| async move {
                    if peer.index() > 0 {
                        return honest(peer).await;
                    }
                    if early {
                        peer.expect_authenticate().await?;
                    } else {
                        peer = admitted(peer).await?;
                    }
                    peer.close(code, "words").await
                });
                let reason = reason_of_the_first(world, &code.to_string()).await;
                assert_eq!(reason.close_code(), Some(CloseCode(code)));
                assert!(reason.to_string().contains("\"words\""), "{reason}");
            }
        }
    });
}

#[test]
fn a_cut_in_every_phase_is_survived() {
    sim(async {
        let world = odd_first(|incoming| incoming.cut().map(Ok));
        assert_eq!(reason_of_the_first(world, "after TCP").await.code(), "upgrade_failed");

        let world = odd_first(|mut incoming| async {
            incoming.request().await?;
            incoming.send_bytes(b"HTTP/1.1 101 Switching Protocols\r\nUpgr").await?;
            incoming.cut().await;
            Ok(())
        });
        assert_eq!(reason_of_the_first(world, "mid-upgrade").await.code(), "upgrade_failed");

        let world = odd_first(|incoming| async {
            incoming.upgrade().await?.cut().await;
            Ok(())
        });
        let reason = reason_of_the_first(world, "before authenticate was read").await;
        assert_eq!(reason.close_code(), Some(CloseCode::ABNORMAL));

        let world = odd_first(|incoming| async {
            let mut peer = incoming.upgrade().await?;
            peer.expect_authenticate().await?;
            // Half of a text frame of 40 bytes.
            peer.send_bytes(b"\x81\x28{\"event\":\"connected\"").await?;
            peer.cut().await;
            Ok(())
        });
        let reason = reason_of_the_first(world, "within connected").await;
        assert_eq!(reason.code(), "connection_lost");

        let world = odd_first(|incoming| async {
            admitted(incoming.upgrade().await?).await?.cut().await;
            Ok(())
        });
        let reason = reason_of_the_first(world, "right after connected").await;
        assert_eq!(reason.code(), "connection_lost");
    });
}

#[test]
fn servers_that_do_not_upgrade_are_named_for_it() {
    sim(async {
        let world = odd_first(|incoming| incoming.answer(403, "no"));
        let reason = reason_of_the_first(world, "403").await;
        assert_eq!(reason.code(), "upgrade_refused");
        assert!(reason.to_string().contains("403"), "{reason}");

        let world = odd_first(|mut incoming| async {
            incoming.request().await?;
            incoming.send_bytes(b"SSH-2.0-OpenSSH_9.9\r\n\r\n").await?;
            incoming.hold().await;
            Ok(())
        });
        assert_eq!(reason_of_the_first(world, "garbage").await.code(), "upgrade_failed");
    });
}

#[test]
fn silence_ends_at_the_deadline_of_its_phase() {
    async fn times_out(world: World, after: Duration) -> CloseReason {
        let _ = world.client.connect().now_or_never();
        let (change, time) = timed(world.wait_for(State::Reconnecting)).await;
        assert!(time >= after && time <= after + TICK, "{time:?}");
        change.reason.unwrap()
    }
    sim(async {
        let world = World::new(honest);
        world.network.set_dialling(Dialling::Hang);
        assert_eq!(times_out(world, 10 * SECOND).await.code(), "dial_timeout");

        let world = World::raw(config(), |incoming| incoming.hold().map(Ok));
        assert_eq!(times_out(world, 10 * SECOND).await.code(), "dial_timeout");

        // One byte a second is no progress either.
        let world = World::raw(config(), |mut incoming: Incoming| async move {
            incoming.request().await?;
            for byte in b"HTTP/1.1 101 Switching Protocols\r\n" {
                if incoming.send_bytes(&[*byte]).await.is_err() {
                    break;
                }
                sleep(SECOND).await;
            }
            Ok(())
        });
        assert_eq!(times_out(world, 10 * SECOND).await.code(), "dial_timeout");

        let world = World::new(|peer: Peer| peer.hold().map(Ok));
        assert_eq!(times_out(world, 16 * SECOND).await.code(), "authentication_timeout");
    });
}

#[test]
fn every_connection_has_new_keys_and_the_current_token() {
    sim(async {
        let notes = Notes::new();
        let noting = notes.clone();
        let world = World::new(move |peer| {
            let noting = noting.clone();
            async move { echo(noted(peer, noting).await?).await }
        });
        world.client.connect().await.unwrap();
        world.client.update_token("second").unwrap();
        assert_eq!(world.client.update_token("").unwrap_err().code(), "token_empty");
        for (cut, id) in [(Cut::Fin, "client-1"), (Cut::Reset, "client-2")] {
            world.network.faults().cut(cut);
            world.reconnected().await;
            assert_eq!(world.client.client_id().as_deref(), Some(id));
        }
        let seen = notes.take();
        let tokens: Vec<_> = seen.iter().map(|seen| seen.token.as_str()).collect();
        assert_eq!(tokens, ["first", "second", "second"]);
        let keys: std::collections::HashSet<_> = seen.iter().map(|seen| &seen.public_key).collect();
        assert_eq!(keys.len(), 3);
        world.finish().await;
    });
}

fn attempts_while_flapping(config: SignalConfig, time: Duration) -> u64 {
    sim(async {
        let world = World::with(
            config,
            |builder| builder.jitter_seed(1),
            |peer| async { admitted(peer).await?.close(1001, "").await },
        );
        world.client.connect().await.unwrap();
        sleep(time).await;
        world.client.disconnect().await;
        world.client.stats().attempts
    })
}

#[test]
fn a_server_that_admits_and_closes_at_once_is_no_busy_loop() {
    // The first delay again and again: two seconds, or one on average with jitter.
    let attempts = attempts_while_flapping(config(), HOUR);
    assert!((1_700..=1_801).contains(&attempts), "{attempts}");
    let mut jittered = config();
    jittered.jitter = true;
    let attempts = attempts_while_flapping(jittered, HOUR / 6);
    assert!((500..=700).contains(&attempts), "{attempts}");
}

#[test]
fn an_unusable_handshake_is_retried_or_final_as_its_cause_demands() {
    /// A `connected` with one field replaced, or without it.
    async fn spoilt(mut peer: Peer, field: &str, value: Option<&str>) -> Scripted {
        let authenticate = peer.expect_authenticate().await?;
        let text = peer.prepare(&authenticate, &Acceptance::new())?;
        let mut connected: serde_json::Value = serde_json::from_str(&text).unwrap();
        match value {
            Some(value) => connected["data"][field] = value.into(),
            None => drop(connected["data"].as_object_mut().unwrap().remove(field)),
        }
        peer.send_text(connected.to_string()).await?;
        peer.hold().await;
        Ok(())
    }
    let off_curve =
        "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let cases = [
        ("serverPublicKey", Some(off_curve), "invalid_handshake"),
        ("serverPublicKey", Some("%%%"), "invalid_handshake"),
        ("serverPublicKey", None, "encryption_missing"),
        ("salt", Some("AAAA"), "invalid_handshake"),
        ("salt", None, "invalid_handshake"),
        ("id", None, "invalid_handshake"),
    ];
    sim(async {
        for (field, value, code) in cases {
            let mut config = config();
            config.max_retries = 1;
            let world =
                World::with(config, |builder| builder, move |peer| spoilt(peer, field, value));
            let error = world.client.connect().await.unwrap_err();
            let (expected, connections) = match code {
                "encryption_missing" => (code, 1),
                _ => ("retries_exhausted", 2),
            };
            assert_eq!(error.code(), expected, "{field}: {error}");
            assert_eq!(world.network.faults().counts().accepted, connections, "{field}");
            let last = world.client.stats().last_close.unwrap();
            let last = match last {
                CloseReason::RetriesExhausted { last, .. } => *last,
                last => last,
            };
            assert_eq!(last.code(), code, "{field}");
            assert!(!world.client.explain().is_empty());
            world.finish().await;
        }
    });
}

//! What the host tells of the network and of sleep, and what becomes of a line that went dead.

use std::time::Duration;

use aldis_client::{ConnectionState as State, SignalClient};
use aldis_testkit::{Cut, Dialling, Direction, Frame, Peer};
use futures_util::FutureExt;
use tokio::time::sleep;

use crate::support::{HOUR, SECOND, TICK, World, config, honest, sim, timed};

/// A world whose first attempt was refused.
async fn in_backoff() -> World {
    let world = World::new(honest);
    world.network.set_dialling(Dialling::Refuse);
    let _ = world.client.connect().now_or_never();
    world.wait_for(State::Reconnecting).await;
    world
}

async fn connected() -> World {
    let world = World::new(honest);
    world.client.connect().await.unwrap();
    world
}

#[test]
fn without_a_network_there_are_no_attempts_and_with_one_at_once() {
    sim(async {
        let mut world = in_backoff().await;
        world.network.set_dialling(Dialling::Answer);
        world.client.network_lost();
        sleep(HOUR).await;
        assert_eq!(world.client.stats().attempts, 1);
        assert_eq!(world.client.state(), State::Reconnecting);
        assert!(world.client.explain().contains("when the host reports a network"));
        // Not even a machine that wakes up.
        world.client.resumed();
        sleep(HOUR).await;
        assert_eq!(world.client.stats().attempts, 1);
        let announced = world.change_to(State::Reconnecting).await;
        assert!(announced.retry_in.is_some());
        assert_eq!(world.change_to(State::Reconnecting).await.retry_in, None);

        world.client.network_available();
        let (_, time) = timed(world.wait_for(State::Authenticated)).await;
        assert!(time.is_zero(), "{time:?}");
        world.finish().await;
    });
}

#[test]
fn in_backoff_a_hint_or_connect_tries_at_once() {
    let hints: [fn(&SignalClient); 3] =
        [SignalClient::network_available, SignalClient::resumed, |client| {
            drop(client.connect().now_or_never());
        }];
    for hint in hints {
        sim(async {
            let world = in_backoff().await;
            world.network.set_dialling(Dialling::Answer);
            hint(&world.client);
            let (_, time) = timed(world.wait_for(State::Authenticated)).await;
            assert!(time.is_zero(), "{time:?}");
            world.finish().await;
        });
    }
}

#[test]
fn connect_knows_better_than_an_old_hint() {
    sim(async {
        let world = in_backoff().await;
        world.client.network_lost();
        sleep(SECOND).await;
        world.network.set_dialling(Dialling::Answer);
        let (session, time) = timed(world.client.connect()).await;
        session.unwrap();
        assert!(time.is_zero(), "{time:?}");
        world.finish().await;
    });
}

#[test]
fn a_lost_network_ends_a_dial_and_a_new_one_begins_it_anew() {
    sim(async {
        let world = World::new(honest);
        world.network.set_dialling(Dialling::Hang);
        let _ = world.client.connect().now_or_never();
        sleep(SECOND).await;
        world.client.network_lost();
        let change = world.wait_for(State::Reconnecting).await;
        assert_eq!((change.reason.unwrap().code(), change.retry_in), ("network_lost", None));
        sleep(HOUR).await;
        assert_eq!(world.client.stats().attempts, 1);
        world.client.network_available();
        sleep(9 * SECOND).await;
        // The deadline counts from the last change of the network.
        world.client.network_available();
        sleep(9 * SECOND).await;
        assert_eq!(world.client.state(), State::Connecting);
        world.network.set_dialling(Dialling::Answer);
        world.wait_for(State::Authenticated).await;
        world.finish().await;
    });
}

#[test]
fn a_lost_network_is_asked_of_the_socket_and_a_live_one_stays() {
    sim(async {
        let world = World::new(|peer: Peer| async {
            let mut peer = crate::support::admitted(peer).await?;
            let Frame::Ping(payload) = peer.recv().await? else { panic!("no ping") };
            peer.send(Frame::Pong(payload)).await?;
            crate::support::echo(peer).await
        });
        let session = world.client.connect().await.unwrap();
        world.client.network_lost();
        sleep(HOUR).await;
        assert_eq!(world.client.session(), Some(session));
        assert!(world.client.stats().rtt.is_some());
        world.finish().await;
    });
}

#[test]
fn a_connection_that_outlives_a_lost_network_proves_that_there_is_one() {
    sim(async {
        let world = connected().await;
        world.client.network_lost();
        sleep(HOUR).await;
        world.network.faults().cut(Cut::Fin);
        world.reconnected().await;
        world.finish().await;
    });
}

#[test]
fn a_network_that_is_lost_for_good_ends_the_connection_and_the_attempts() {
    sim(async {
        let world = connected().await;
        world.network.faults().stall(Direction::Both);
        world.client.network_lost();
        let (change, time) = timed(world.wait_for(State::Reconnecting)).await;
        assert!(time >= 3 * SECOND && time <= 3 * SECOND + 50 * TICK, "{time:?}");
        assert_eq!((change.reason.unwrap().code(), change.retry_in), ("pong_timeout", None));
        sleep(HOUR).await;
        assert_eq!(world.client.stats().attempts, 1);
        world.network.faults().clear();
        world.client.network_available();
        let (_, time) = timed(world.wait_for(State::Authenticated)).await;
        assert!(time.is_zero(), "{time:?}");
        world.finish().await;
    });
}

#[test]
fn a_dead_socket_is_replaced_at_once_after_the_probe() {
    for hint in [SignalClient::network_available, SignalClient::resumed] {
        sim(async {
            let world = World::new(|peer: Peer| async {
                if peer.index() > 0 {
                    return honest(peer).await;
                }
                crate::support::admitted(peer).await?.hold().await;
                Ok(())
            });
            world.client.connect().await.unwrap();
            hint(&world.client);
            let ((), time) = timed(world.reconnected()).await;
            assert!(time >= 3 * SECOND && time <= 3 * SECOND + TICK, "{time:?}");
            assert_eq!(world.client.client_id().as_deref(), Some("client-1"));
            world.finish().await;
        });
    }
}

#[test]
fn an_authentication_on_a_former_network_is_not_waited_for() {
    sim(async {
        let world = World::new(|peer: Peer| async {
            if peer.index() > 0 {
                return honest(peer).await;
            }
            peer.hold().await;
            Ok(())
        });
        let _ = world.client.connect().now_or_never();
        world.wait_for(State::Authenticating).await;
        sleep(SECOND).await;
        world.client.network_available();
        let (_, time) = timed(world.wait_for(State::Authenticated)).await;
        assert!(time <= Duration::from_millis(100), "{time:?}");
        world.finish().await;
    });
}

#[test]
fn hints_to_a_live_connection_change_nothing() {
    sim(async {
        let world = connected().await;
        for hint in [SignalClient::network_available, SignalClient::resumed] {
            for _ in 0..100 {
                hint(&world.client);
            }
            sleep(60 * SECOND).await;
        }
        assert_eq!(world.client.stats().attempts, 1);
        assert_eq!(world.client.state(), State::Authenticated);
        world.finish().await;
    });
}

#[test]
fn a_half_open_line_is_noticed_by_the_heartbeat() {
    for direction in [Direction::Both, Direction::ToClient, Direction::ToServer] {
        sim(async {
            let world = connected().await;
            world.network.faults().stall(direction);
            let (change, time) = timed(world.wait_for(State::Reconnecting)).await;
            assert!(time >= 40 * SECOND && time <= 40 * SECOND + 50 * TICK, "{time:?}");
            assert_eq!(change.reason.unwrap().code(), "pong_timeout");
            world.network.faults().clear();
            world.wait_for(State::Authenticated).await;
            world.finish().await;
        });
    }
}

#[test]
fn a_server_that_never_answers_pings_is_dead_and_one_that_talks_is_not() {
    sim(async {
        let world = World::new(|peer: Peer| async {
            let mut peer = crate::support::admitted(peer).await?;
            peer.answer_pings(false);
            crate::support::echo(peer).await
        });
        world.client.connect().await.unwrap();
        let (change, time) = timed(world.wait_for(State::Reconnecting)).await;
        assert!(time >= 40 * SECOND && time <= 40 * SECOND + TICK, "{time:?}");
        assert_eq!(change.reason.unwrap().code(), "pong_timeout");
        world.finish().await;

        let world = World::new(|peer: Peer| async {
            let mut peer = crate::support::admitted(peer).await?;
            while peer.send_event("still here", 1).await.is_ok() {
                sleep(5 * SECOND).await;
            }
            Ok(())
        });
        world.client.connect().await.unwrap();
        sleep(HOUR / 4).await;
        assert_eq!(world.client.stats().sessions, 1);
        world.client.disconnect().await;
    });
}

#[test]
fn the_heartbeat_keeps_its_interval() {
    sim(async {
        let mut config = config();
        config.heartbeat_interval = 7 * SECOND;
        let world = World::with(
            config,
            |builder| builder,
            |peer: Peer| async {
                let mut peer = crate::support::admitted(peer).await?;
                let start = tokio::time::Instant::now();
                for n in 1..=20 {
                    assert_eq!(peer.recv_control().await?.event(), "heartbeat");
                    let due = n * 7 * SECOND;
                    assert!(start.elapsed() >= due && start.elapsed() <= due + n * TICK);
                }
                crate::support::echo(peer).await
            },
        );
        world.client.connect().await.unwrap();
        sleep(HOUR).await;
        world.finish().await;
    });
}

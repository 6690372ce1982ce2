//! An app that sleeps: the connection goes, the wish to be connected stays.

use std::future::pending;
use std::time::Duration;

use aldis_client::{ConnectError, ConnectionState as State};
use aldis_testkit::{Dialling, Peer};
use futures_util::FutureExt;
use tokio::time::sleep;

use crate::support::{HOUR, Notes, SECOND, World, admitted, config, honest, sim, timed};

/// Suspends, and checks that it is prompt, and that nothing is attempted from then on.
async fn suspend(phase: &str, world: &World) {
    world.client.suspended();
    let (change, time) = timed(world.wait_for(State::Disconnected)).await;
    assert!(time <= Duration::from_millis(100), "{phase}: {time:?}");
    assert_eq!(change.reason.unwrap().code(), "suspended", "{phase}");
    let attempts = world.client.stats().attempts;
    world.client.network_available();
    sleep(HOUR).await;
    assert_eq!(world.client.stats().attempts, attempts, "{phase}");
}

#[test]
fn a_suspended_client_says_goodbye_and_comes_back_when_resumed() {
    sim(async {
        let notes = Notes::new();
        let noting = notes.clone();
        let mut world = World::new(move |peer: Peer| {
            let notes = noting.clone();
            async move {
                let mut peer = admitted(peer).await?;
                while let Some(event) = peer.next_event().await? {
                    notes.add(event.event().to_owned());
                }
                notes.add("closed".to_owned());
                Ok(())
            }
        });
        let first = world.client.connect().await.unwrap();
        world.client.send("last words", &()).unwrap();
        suspend("authenticated", &world).await;
        assert_eq!(notes.take(), ["last words", "closed"]);
        assert!(world.client.explain().contains("when the host resumes it"));
        // Told once more, it is no news.
        world.client.suspended();

        world.client.resumed();
        let (_, time) = timed(world.wait_for(State::Authenticated)).await;
        assert!(time.is_zero(), "{time:?}");
        assert_ne!(world.client.session().unwrap().client_id, first.client_id);
        assert_eq!(world.client.stats().attempts, 2);
        for state in [State::Disconnected, State::Reconnecting, State::Authenticated] {
            world.change_to(state).await;
        }
        world.finish().await;
    });
}

/// Suspends in a phase before the session, and checks that `connect` waits the sleep out.
async fn sleeps_before_the_session(phase: &str, world: World) {
    let client = world.client.clone();
    let connect = tokio::spawn(async move { client.connect().await });
    // Long enough to get there, and shorter than any timeout.
    sleep(3 * SECOND).await;
    suspend(phase, &world).await;
    assert!(!connect.is_finished(), "{phase}");
    world.network.set_dialling(Dialling::Answer);
    world.client.resumed();
    let (session, time) = timed(connect).await;
    assert!(session.unwrap().is_ok(), "{phase}");
    assert!(time.is_zero(), "{phase}: {time:?}");
    world.finish().await;
}

#[test]
fn a_connect_that_waits_is_answered_after_the_sleep() {
    sim(async {
        for (phase, dialling) in [("dialling", Dialling::Hang), ("backoff", Dialling::Refuse)] {
            let world = World::new(honest);
            world.network.set_dialling(dialling);
            sleeps_before_the_session(phase, world).await;
        }
        let silent_at_first = |peer: Peer| async {
            if peer.index() == 0 { peer.hold().map(Ok).await } else { honest(peer).await }
        };
        sleeps_before_the_session("authenticating", World::new(silent_at_first)).await;

        let asked = Notes::new();
        let slow_at_first = move |_| {
            asked.add(());
            let first = asked.len() == 1;
            async move { if first { pending().await } else { Ok::<_, std::io::Error>("second") } }
        };
        let mut no_token = config();
        no_token.token = None;
        let world = World::with(no_token, |builder| builder.token_provider(slow_at_first), honest);
        sleeps_before_the_session("token", world).await;
    });
}

#[test]
fn who_resumes_without_a_network_waits_for_one() {
    sim(async {
        let world = World::new(honest);
        world.client.connect().await.unwrap();
        suspend("authenticated", &world).await;
        world.client.network_lost();
        world.client.resumed();
        let change = world.wait_for(State::Reconnecting).await;
        assert_eq!(change.retry_in, None);
        sleep(HOUR).await;
        assert_eq!(world.client.stats().attempts, 1);
        // Asleep again meanwhile: a network alone wakes nobody.
        suspend("offline", &world).await;
        world.client.resumed();
        let (_, time) = timed(world.wait_for(State::Authenticated)).await;
        assert!(time.is_zero(), "{time:?}");
        world.finish().await;
    });
}

#[test]
fn connect_wakes_a_suspended_client() {
    sim(async {
        let world = World::new(honest);
        world.client.connect().await.unwrap();
        suspend("authenticated", &world).await;
        world.client.network_lost();
        let (session, time) = timed(world.client.connect()).await;
        assert!(session.is_ok() && time.is_zero(), "{time:?}");
        world.finish().await;
    });
}

#[test]
fn disconnect_ends_the_wish_of_a_suspended_client() {
    sim(async {
        let world = World::new(honest);
        world.network.set_dialling(Dialling::Hang);
        let client = world.client.clone();
        let connect = tokio::spawn(async move { client.connect().await });
        sleep(SECOND).await;
        suspend("dialling", &world).await;
        let ((), time) = timed(world.client.disconnect()).await;
        assert!(time.is_zero(), "{time:?}");
        assert!(matches!(connect.await.unwrap(), Err(ConnectError::Cancelled)));
        let reason = world.client.watch_state().borrow().reason.clone();
        assert_eq!(reason.unwrap().code(), "disconnected");
        world.client.resumed();
        sleep(HOUR).await;
        assert_eq!(world.client.stats().attempts, 1);
        world.finish().await;
    });
}

#[test]
fn without_a_wish_there_is_nothing_to_suspend() {
    sim(async {
        let world = World::new(honest);
        world.client.suspended();
        world.client.resumed();
        sleep(HOUR).await;
        assert_eq!((world.client.state(), world.client.stats().attempts), (State::Disconnected, 0));
        assert!(world.client.watch_state().borrow().reason.is_none());
        world.client.connect().await.unwrap();
        world.finish().await;
    });
}

#[test]
fn what_may_wait_waits_for_the_end_of_the_sleep() {
    sim(async {
        let mut world = World::new(honest);
        world.client.connect().await.unwrap();
        suspend("authenticated", &world).await;
        world.client.send_with_ttl("patient", &1, 2 * HOUR).unwrap();
        assert!(world.client.send("impatient", &2).is_err());
        world.client.join(["night"]).unwrap();
        sleep(HOUR).await;
        world.client.resumed();
        assert_eq!(world.message().await.event(), "patient");
        world.finish().await;
    });
}

#[test]
fn a_suspended_client_can_be_closed() {
    sim(async {
        let mut world = World::new(honest);
        world.client.connect().await.unwrap();
        suspend("authenticated", &world).await;
        world.client.close();
        let change = world.change_to(State::Disconnected).await;
        assert_eq!(change.reason.unwrap().code(), "suspended");
        let change = world.change_to(State::Disconnected).await;
        assert_eq!(change.reason.unwrap().code(), "dropped");
        assert!(world.events.next().await.is_none());
        world.finish().await;
    });
}

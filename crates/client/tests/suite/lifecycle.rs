//! Connecting, disconnecting in every phase, and the end.

use std::future::pending;
use std::time::Duration;

use aldis_client::dial::{Dial, DialFuture, Endpoint};
use aldis_client::{
    ConnectError, ConnectionState as State, SignalClient, SignalEvent, TokenRequest,
};
use aldis_testkit::{Acceptance, Dialling, Direction, Frame, Incoming, MemoryNetwork, Peer};
use futures_util::FutureExt;
use tokio::time::sleep;

use crate::support::{
    Direct, HOUR, Notes, SECOND, World, admitted, config, deaf, honest, refuse_token, sim, timed,
};

/// What the host is promised for `disconnect`, in every phase.
const PROMPT: Duration = Duration::from_millis(100);

#[test]
fn the_states_come_in_order_and_connect_resolves_with_the_session() {
    sim(async {
        let mut world = World::new(|mut peer: Peer| async move {
            let authenticate = peer.expect_authenticate().await?;
            let acceptance = Acceptance::new().client_id("c-1").user_id("u-1");
            peer.accept(&authenticate, &acceptance).await?;
            crate::support::echo(peer).await
        });
        assert_eq!(world.client.state(), State::Disconnected);
        assert_eq!(world.client.session(), None);
        let session = world.client.connect().await.unwrap();
        assert_eq!(session.client_id, "c-1");
        assert_eq!(session.user_id.as_deref(), Some("u-1"));
        assert!(session.encrypted && session.server_time.is_some());
        assert_eq!(world.client.session().as_ref(), Some(&session));
        assert_eq!(world.client.client_id().as_deref(), Some("c-1"));
        for state in
            [State::Connecting, State::Connected, State::Authenticating, State::Authenticated]
        {
            let event = world.events.next().await;
            let Some(SignalEvent::State(change)) = &event else { panic!("{event:?}") };
            assert_eq!(change.state, state);
        }
        let event = world.events.next().await;
        assert!(
            matches!(&event, Some(SignalEvent::Connected(told)) if *told == session),
            "{event:?}"
        );
        world.client.disconnect().await;
        let change = world.change_to(State::Disconnected).await;
        assert_eq!(change.reason.unwrap().code(), "disconnected");
        assert_eq!((world.client.session(), world.client.client_id()), (None, None));
        world.finish().await;
    });
}

#[test]
fn all_who_connect_get_the_one_session() {
    sim(async {
        let world = World::new(honest);
        let connect = || world.client.connect();
        let sessions = tokio::join!(connect(), connect(), connect());
        let first = sessions.0.unwrap();
        assert_eq!([sessions.1.unwrap(), sessions.2.unwrap()], [first.clone(), first.clone()]);
        let (again, time) = timed(connect()).await;
        assert_eq!((again.unwrap(), time), (first, Duration::ZERO));
        assert_eq!(world.network.faults().counts().accepted, 1);
        world.finish().await;
    });
}

#[test]
fn a_dropped_connect_goes_on() {
    sim(async {
        let world = World::new(honest);
        assert!(world.client.connect().now_or_never().is_none());
        world.wait_for(State::Authenticated).await;
        world.finish().await;
    });
}

/// Disconnects in a phase that was just reached, and checks that it is prompt and final.
async fn disconnects(phase: &str, world: World, connecting: bool) {
    let client = world.client.clone();
    let connect =
        tokio::spawn(async move { if connecting { Some(client.connect().await) } else { None } });
    // Long enough to get there, and shorter than any timeout.
    sleep(3 * SECOND).await;
    let attempts = world.client.stats().attempts;
    let ((), time) = timed(world.client.disconnect()).await;
    assert!(time <= PROMPT, "{phase}: {time:?}");
    assert_eq!(world.client.state(), State::Disconnected, "{phase}");
    if let Some(Err(error)) = connect.await.unwrap() {
        assert!(matches!(error, ConnectError::Cancelled), "{phase}: {error}");
    }
    sleep(HOUR).await;
    assert_eq!(world.client.stats().attempts, attempts, "{phase}");
    let ((), time) = timed(world.client.disconnect()).await;
    assert_eq!(time, Duration::ZERO, "{phase}, again");
}

#[test]
fn disconnect_is_prompt_while_idle_or_connecting() {
    sim(async {
        disconnects("idle", World::new(honest), false).await;
        let world = World::new(honest);
        world.network.set_dialling(Dialling::Hang);
        disconnects("dialling", world, true).await;
        let silent = World::raw(config(), |incoming| incoming.hold().map(Ok));
        disconnects("upgrading", silent, true).await;
        let silent = World::new(|peer: Peer| peer.hold().map(Ok));
        disconnects("authenticating", silent, true).await;
        disconnects("authenticating, and nobody reads", World::new(deaf), true).await;
    });
}

#[test]
fn disconnect_is_prompt_while_waiting() {
    sim(async {
        let world = World::new(honest);
        world.network.set_dialling(Dialling::Refuse);
        disconnects("backoff", world, true).await;

        let world = World::new(honest);
        world.network.set_dialling(Dialling::Refuse);
        let _ = world.client.connect().now_or_never();
        world.wait_for(State::Reconnecting).await;
        world.client.network_lost();
        disconnects("offline", world, false).await;

        let hang = |_: TokenRequest| pending::<Result<String, std::io::Error>>();
        let mut no_token = config();
        no_token.token = None;
        let world = World::with(no_token, |builder| builder.token_provider(hang), honest);
        disconnects("first token", world, true).await;
        let world = World::with(config(), |builder| builder.token_provider(hang), refuse_token);
        disconnects("fresh token", world, true).await;
    });
}

#[test]
fn disconnect_is_prompt_while_connected() {
    sim(async {
        disconnects("authenticated", World::new(honest), true).await;

        let world = World::new(|peer| async { deaf(admitted(peer).await?).await });
        world.client.connect().await.unwrap();
        let filler = "x".repeat(90_000);
        // The line holds some 4 MiB, and the outbox as much.
        let mut refused = 0;
        for _ in 0..200 {
            refused += usize::from(world.client.send("filler", &filler).is_err());
            tokio::task::yield_now().await;
        }
        assert!(refused > 0);
        disconnects("the server does not read", world, false).await;

        let world = World::new(honest);
        world.client.connect().await.unwrap();
        world.network.faults().stall(Direction::Both);
        for n in 0..500 {
            world.client.send("n", &n).unwrap();
        }
        disconnects("half-open", world, false).await;

        let mut config = config();
        config.max_queued_events = 10;
        let world = World::with(
            config,
            |builder| builder,
            |peer| async {
                let mut peer = admitted(peer).await?;
                for n in 0..1_000 {
                    peer.send_event("n", n).await?;
                }
                peer.hold().await;
                Ok(())
            },
        );
        world.client.connect().await.unwrap();
        sleep(SECOND).await;
        assert_eq!(world.client.stats().messages_received, 10);
        disconnects("the host takes nothing", world, false).await;
    });
}

/// Lets the client in, then notes every frame to the close frame.
async fn note_frames(peer: Peer, notes: Notes<String>) -> crate::support::Scripted {
    let mut peer = admitted(peer).await?;
    loop {
        match peer.recv().await? {
            Frame::Text(text) => notes.add(peer.open(&text)?.data().to_owned()),
            Frame::Close(close) => {
                notes.add(format!("{close:?}"));
                return Ok(());
            }
            frame => panic!("{frame:?}"),
        }
    }
}

fn expected_frames(messages: usize) -> Vec<String> {
    let texts = (0..messages).map(|n| n.to_string());
    texts.chain([r#"Some((1000, ""))"#.to_owned()]).collect()
}

#[test]
fn disconnect_sends_what_was_accepted_and_then_closes() {
    sim(async {
        let notes = Notes::new();
        let noting = notes.clone();
        let world = World::new(move |peer| note_frames(peer, noting.clone()));
        world.client.connect().await.unwrap();
        for n in 0..1_000 {
            world.client.send("n", &n).unwrap();
        }
        world.client.disconnect().await;
        assert_eq!(world.client.stats().unsent, 0);
        world.server.finish().await.unwrap();
        assert_eq!(notes.take(), expected_frames(1_000));
    });
}

#[test]
fn a_goodbye_reads_what_the_server_still_says() {
    sim(async {
        let (near, far) = tokio::io::duplex(1 << 10);
        let server = tokio::spawn(async move {
            let mut peer = admitted(Incoming::new(0, far).upgrade().await?).await?;
            while !matches!(peer.recv().await?, Frame::Close(_)) {}
            // On its way before the server knew; a socket that was closed would be reset by it.
            for n in 0..100 {
                peer.send_event("late", n).await?;
            }
            peer.close(1000, "").await
        });
        let builder = SignalClient::builder(config()).dialer(Direct::to(near));
        let (client, mut events) = builder.build().unwrap();
        client.connect().await.unwrap();
        client.disconnect().await;
        server.await.unwrap().unwrap();
        drop(client);
        while let Some(event) = events.next().await {
            assert!(!matches!(event, SignalEvent::Message(_)), "{event:?}");
        }
    });
}

#[test]
fn a_close_frame_is_answered() {
    sim(async {
        let world = World::new(|peer: Peer| async {
            let mut peer = admitted(peer).await?;
            if peer.index() > 0 {
                return crate::support::echo(peer).await;
            }
            peer.send(Frame::Close(Some((1001, "bye".to_owned())))).await?;
            assert_eq!(peer.recv().await?, Frame::Close(Some((1001, "bye".to_owned()))));
            Ok(())
        });
        world.client.connect().await.unwrap();
        world.reconnected().await;
        world.finish().await;
    });
}

#[test]
fn the_last_handle_says_goodbye_and_ends_the_events() {
    sim(async {
        let notes = Notes::new();
        let noting = notes.clone();
        let World { client, mut events, server, .. } =
            World::new(move |peer| note_frames(peer, noting.clone()));
        client.connect().await.unwrap();
        let clone = client.clone();
        drop(client);
        sleep(SECOND).await;
        assert_eq!(clone.state(), State::Authenticated);
        for n in 0..10 {
            clone.send("n", &n).unwrap();
        }
        drop(clone);
        let mut last = None;
        while let Some(event) = events.next().await {
            last = Some(event);
        }
        let Some(SignalEvent::State(change)) = last else { panic!("{last:?}") };
        assert_eq!((change.state, change.reason.unwrap().code()), (State::Disconnected, "dropped"));
        assert!(events.next().await.is_none());
        server.finish().await.unwrap();
        assert_eq!(notes.take(), expected_frames(10));
    });
}

#[test]
fn the_last_handle_ends_the_events_in_every_phase() {
    sim(async {
        let World { client, mut events, network, .. } = World::new(honest);
        network.set_dialling(Dialling::Hang);
        for connect in [false, true] {
            let (client, mut events) =
                SignalClient::builder(config()).dialer(network.clone()).build().unwrap();
            if connect {
                let _ = client.connect().now_or_never();
                sleep(SECOND).await;
            }
            drop(client);
            let ((), time) = timed(async { while events.next().await.is_some() {} }).await;
            assert!(time <= PROMPT, "{time:?}");
        }
        network.set_dialling(Dialling::Refuse);
        let _ = client.connect().now_or_never();
        sleep(SECOND).await;
        assert_eq!(client.state(), State::Reconnecting);
        drop(client);
        let ((), time) = timed(async { while events.next().await.is_some() {} }).await;
        assert!(time <= PROMPT, "{time:?}");
    });
}

#[test]
fn connect_after_disconnect_makes_a_new_session() {
    sim(async {
        let world = World::new(honest);
        for n in 0..3 {
            let session = world.client.connect().await.unwrap();
            assert_eq!(session.client_id, format!("client-{n}"));
            world.client.disconnect().await;
        }
        let (client, other) = (world.client.clone(), world.client.clone());
        // Queued together: what was asked last holds.
        let ((), session) = tokio::join!(client.disconnect(), other.connect());
        assert_eq!(session.unwrap().client_id, "client-3");
        assert_eq!(world.client.state(), State::Authenticated);
        world.finish().await;
    });
}

#[test]
fn a_token_provider_that_panics_is_an_error() {
    sim(async {
        let mut config = config();
        config.token = None;
        config.max_retries = 2;
        let panics = |_: TokenRequest| async {
            assert!(std::hint::black_box(false), "on purpose");
            Ok::<_, std::io::Error>("never")
        };
        let world = World::with(config, |builder| builder.token_provider(panics), honest);
        let error = world.client.connect().await.unwrap_err();
        assert_eq!(error.code(), "retries_exhausted");
        assert!(error.to_string().contains("panicked"), "{error}");
        world.client.update_token("good").unwrap();
        world.client.connect().await.unwrap();
        world.finish().await;
    });
}

#[test]
fn a_dialer_that_panics_ends_the_client_and_hangs_nobody() {
    struct Panics;
    impl Dial for Panics {
        fn dial<'a>(&'a self, _: &'a Endpoint) -> DialFuture<'a> {
            panic!("on purpose")
        }
    }
    sim(async {
        let (client, mut events) = SignalClient::builder(config()).dialer(Panics).build().unwrap();
        for _ in 0..2 {
            assert_eq!(client.connect().await.unwrap_err().code(), "internal");
        }
        client.disconnect().await;
        assert_eq!(client.state(), State::Disconnected);
        assert_eq!(client.stats().last_close.unwrap().code(), "internal");
        assert_eq!(client.send("e", &1).unwrap_err().code(), "not_connected");
        while events.next().await.is_some() {}
    });
}

#[test]
fn a_client_that_is_never_connected_is_harmless() {
    sim(async {
        let network = MemoryNetwork::new();
        let (client, events) =
            SignalClient::builder(config()).dialer(network.clone()).build().unwrap();
        client.network_available();
        client.network_lost();
        client.resumed();
        client.join(["a"]).unwrap();
        client.leave(["a"]).unwrap();
        sleep(HOUR).await;
        drop(events);
        assert_eq!((client.state(), client.stats().attempts), (State::Disconnected, 0));
        assert_eq!(network.faults().counts().accepted, 0);
    });
}

#[test]
fn close_ends_the_client_whoever_else_has_a_handle() {
    sim(async {
        let mut world = World::new(deaf);
        let other = world.client.clone();
        let mut connecting = std::pin::pin!(world.client.connect());
        assert!(connecting.as_mut().now_or_never().is_none());
        other.close();
        other.close();
        let error = connecting.await.unwrap_err();
        assert!(
            matches!(&error, ConnectError::Failed(reason) if reason.code() == "dropped"),
            "{error}"
        );
        while world.events.next().await.is_some() {}
        assert_eq!(other.state(), State::Disconnected);
        let error = other.connect().await.unwrap_err();
        assert_eq!(error.code(), "dropped");
        // There will be no connection to wait for.
        let error = other.send_with_ttl("e", &1, SECOND).unwrap_err();
        assert_eq!(error.code(), "not_connected");
        other.disconnect().await;
    });
}

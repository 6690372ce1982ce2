//! A host that asks for a pause.

use std::sync::Arc;
use std::thread;

use aldis::{ConnectionState, SignalClient, SignalConfig, SignalEvent};
use aldis_server::Target;
use aldis_testkit::{Cut, FaultProxy};

use crate::host::{Answer, Call, Host, config, until, within};
use crate::server::{TestServer, scripted_server};

const ANN: Target<'_> = Target::User("ann");
const BEA: Target<'_> = Target::User("bea");

/// A host that pauses behind every `stop`.
async fn stoppable(url: String) -> Host {
    let mut host = Host::reacting(config(url, "good-ann"), |_, call| {
        if call.brings("stop") { Answer::Pause } else { Answer::More }
    });
    host.connect().await;
    host
}

/// Waits until a message is in the client's queue, and the dispatcher has had time to see it:
/// the same thread has served another client twice since.
async fn settled(server: &TestServer, client: &SignalClient, received: i64, other: &mut Host) {
    until("the messages", || client.stats().unwrap().messages_received == received).await;
    for n in 0..2 {
        server.publish_to(BEA, "tick", n);
        other.calls.find(|call| call.brings("tick")).await;
    }
}

#[tokio::test]
async fn a_pause_stops_this_client_and_no_other() {
    let server = TestServer::start().await;
    let proxy = FaultProxy::start(server.addr()).unwrap();
    let mut ann = stoppable(format!("ws://{}/ws", proxy.addr())).await;
    let mut bea = Host::connected(server.url(), "good-bea").await;
    server.publish_to(ANN, "stop", 0);
    ann.calls.find(|call| call.brings("stop")).await;

    for n in 0..3 {
        server.publish("news", n);
    }
    let told: Vec<_> = bea.calls.messages(3).await.into_iter().map(|told| told.data).collect();
    assert_eq!(told, ["0", "1", "2"]);
    settled(&server, &ann.client, 4, &mut bea).await;
    assert_eq!(ann.client.stats().unwrap().queued_events, 3);

    // The state is told even so; what else a client can do does not need the listener either.
    proxy.faults().cut(Cut::Reset);
    loop {
        let call = ann.calls.next().await;
        assert!(matches!(call, Call::State(_)), "delivered in a pause: {call:?}");
        if call.tells(ConnectionState::Authenticated) && ann.client.stats().unwrap().sessions == 2 {
            break;
        }
    }
    ann.assert_works().await;
    ann.client.resume_delivery();

    let mut seen = Vec::new();
    while !matches!(seen.last(), Some(SignalEvent::Connected { .. })) {
        if let Call::Events(events) = ann.calls.next().await {
            seen.extend(events);
        }
    }
    let name = |event: &SignalEvent| match event {
        SignalEvent::Message { message } => message.data.clone(),
        SignalEvent::State { change } => format!("{:?}", change.state),
        other => format!("{other:?}"),
    };
    let seen: Vec<_> = seen[..seen.len() - 1].iter().map(name).collect();
    let news = ["0", "1", "2"];
    let states = ["Reconnecting", "Connecting", "Connected", "Authenticating", "Authenticated"];
    assert_eq!(seen, [&news[..], &states[..]].concat());
}

#[tokio::test]
async fn nothing_is_lost_or_reordered_over_many_pauses() {
    const COUNT: usize = 3_000;
    let server = TestServer::start().await;
    // A queue this short makes many calls, each of which ends in a pause, and stops the
    // connection from reading in between.
    let short = SignalConfig { max_queued_events: Some(4), ..config(server.url(), "good-ann") };
    let host = Host::reacting(short, |_, call| match call {
        Call::Events(_) => Answer::Pause,
        _ => Answer::More,
    });
    let (client, mut calls) = (host.client, host.calls);
    let mut pauses = 0;
    let mut numbers = Vec::new();
    let play = async {
        let connected = async {
            client.connect().await.unwrap();
            client.send("echo-many", &format!(r#"{{"n":{COUNT}}}"#), None).unwrap();
        };
        let take = async {
            while numbers.len() < COUNT {
                let call = calls.next().await;
                if matches!(call, Call::Events(_)) {
                    pauses += 1;
                    client.resume_delivery();
                }
                numbers.extend(call.messages().into_iter().map(|message| message.data));
            }
        };
        tokio::join!(connected, take);
    };
    within("all messages", play).await;
    let expected: Vec<_> = (0..COUNT).map(|n| format!(r#"{{"n":{n},"pad":""}}"#)).collect();
    assert_eq!(numbers, expected);
    assert!(pauses > COUNT / 10, "only {pauses} pauses");
    let stats = client.stats().unwrap();
    assert_eq!((stats.lagged, stats.queued_events), (0, 0));
}

#[tokio::test]
async fn errors_wait_behind_a_pause() {
    let server = scripted_server(|mut peer| async {
        peer.recv_event().await?;
        let sealed = peer.seal(r#"{"event":"stop"}"#)?;
        peer.send_text(sealed.clone()).await?;
        peer.send_text(sealed).await?; // replayed
        Ok(peer)
    })
    .await;
    let others = TestServer::start().await;
    let mut ann = stoppable(server.url()).await;
    let mut bea = Host::connected(others.url(), "good-bea").await;
    ann.client.send("begin", "1", None).unwrap();
    let dropped = || ann.client.stats().unwrap().dropped.replayed == 1;
    until("a replayed frame", dropped).await;
    settled(&others, &ann.client, 1, &mut bea).await;
    assert!(ann.calls.find(|call| call.brings("stop")).await.brings("stop"));
    assert!(ann.calls.ready().is_none());
    ann.client.resume_delivery();
    assert!(
        matches!(ann.calls.next().await, Call::Error(error) if error.code == "dropped_replayed")
    );
}

/// A host whose consumer is faster than the return of the call: the word to go on comes first.
#[tokio::test]
async fn a_resume_within_the_call_ends_its_pause() {
    let server = TestServer::start().await;
    let mut host = Host::reacting(config(server.url(), "good-ann"), |client, call| {
        if !matches!(call, Call::Events(_)) {
            return Answer::More;
        }
        client.resume_delivery();
        Answer::Pause
    });
    host.connect().await;
    for n in 0..100 {
        server.publish("news", n);
        assert_eq!(host.calls.messages(1).await[0].data, n.to_string());
    }
}

#[tokio::test]
async fn a_resume_of_another_thread_is_never_missed() {
    let server = TestServer::start().await;
    let mut host = Host::reacting(config(server.url(), "good-ann"), |_, call| match call {
        Call::Events(_) => Answer::Pause,
        _ => Answer::More,
    });
    // The client reaches the thread by the listener's call, and may go on before it returns.
    let (sender, clients) = std::sync::mpsc::channel::<Arc<SignalClient>>();
    let resumer = thread::spawn(move || clients.iter().for_each(|client| client.resume_delivery()));
    let client = Arc::clone(&host.client);
    let connect = client.connect();
    tokio::pin!(connect);
    let mut connected = false;
    let mut next = 0;
    while next < 500 {
        tokio::select! {
            session = &mut connect, if !connected => {
                session.unwrap();
                connected = true;
                server.publish("news", 0);
            }
            call = host.calls.next() => {
                if matches!(call, Call::Events(_)) {
                    sender.send(Arc::clone(&client)).unwrap();
                }
                for message in call.messages() {
                    assert_eq!(message.data, next.to_string());
                    next += 1;
                    server.publish("news", next);
                }
            }
        }
    }
    drop(sender);
    resumer.join().unwrap();
}

/// Nobody is paused when these words to go on come, so they end no pause that comes later.
#[tokio::test]
async fn a_resume_without_a_pause_is_not_kept_for_the_next_one() {
    let server = TestServer::start().await;
    let mut ann = stoppable(server.url()).await;
    let mut bea = Host::connected(server.url(), "good-bea").await;
    ann.client.resume_delivery();
    ann.client.resume_delivery();
    server.publish_to(ANN, "stop", 0);
    ann.calls.find(|call| call.brings("stop")).await;
    server.publish_to(ANN, "news", 1);
    settled(&server, &ann.client, 2, &mut bea).await;
    assert!(ann.calls.ready().is_none(), "delivered in a pause");
    ann.client.resume_delivery();
    assert_eq!(ann.calls.messages(1).await[0].data, "1");
}

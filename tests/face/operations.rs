//! What a client can do, where nothing goes wrong.

use aldis::{ConnectionState, SignalConfig, SignalEvent};

use crate::host::{Host, REPLY_TIMEOUT_MS, bare_config, config, within};
use crate::server::TestServer;

const HOUR_MS: i64 = 3_600_000;

#[tokio::test]
async fn connect_tells_who_the_server_says_we_are() {
    let server = TestServer::start().await;
    let mut host = Host::new(config(server.url(), "good-ann"));
    assert_eq!(host.client.state().state, ConnectionState::Disconnected);
    assert_eq!(host.client.session(), None);

    let session = within("a session", host.client.connect()).await.unwrap();
    assert_eq!(session.client_id, server.handle().clients()[0].id());
    assert_eq!(session.user_id.as_deref(), Some("ann"));
    assert!(session.encrypted && session.server_time.is_some());
    assert_eq!(host.client.session().as_ref(), Some(&session));
    assert_eq!(host.client.state().state, ConnectionState::Authenticated);
    // Whoever is connected is told so at once.
    assert_eq!(within("the same", host.client.connect()).await.unwrap(), session);

    let mut told = Vec::new();
    while !matches!(told.last(), Some(SignalEvent::Connected { .. })) {
        if let crate::host::Call::Events(events) = host.calls.next().await {
            told.extend(events);
        }
    }
    assert_eq!(told.pop(), Some(SignalEvent::Connected { session }));
    let state = |event| match event {
        SignalEvent::State { change } => change.state,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        told.into_iter().map(state).collect::<Vec<_>>(),
        [
            ConnectionState::Connecting,
            ConnectionState::Connected,
            ConnectionState::Authenticating,
            ConnectionState::Authenticated
        ]
    );
}

#[tokio::test]
async fn a_connect_that_is_dropped_stops_nothing() {
    let server = TestServer::start().await;
    let mut host = Host::new(config(server.url(), "good-ann"));
    let polled = tokio::select! {
        biased;
        session = host.client.connect() => session.is_ok(),
        () = std::future::ready(()) => false,
    };
    assert!(!polled, "the call ended before it was dropped");
    host.calls.state(ConnectionState::Authenticated).await;
    host.assert_works().await;
}

#[tokio::test]
async fn payloads_cross_exactly_as_they_were_written() {
    let server = TestServer::start().await;
    let mut host = Host::connected(server.url(), "good-ann").await;
    for data in [r#"{ "b": 1.0, "a": "é\u0000\"" }"#, "[]", "null", "12345678901234567890.10"] {
        host.client.send("echo", data, None).unwrap();
        let message = host.calls.messages(1).await.remove(0);
        assert_eq!((message.event.as_str(), message.data.as_str()), ("echo", data));
        assert_eq!(message.id, None);
    }
    let reply = host.client.request("echo".into(), "[ 1 ]".into(), REPLY_TIMEOUT_MS);
    let reply = within("a reply", reply).await.unwrap();
    assert_eq!((reply.event.as_str(), reply.data.as_str()), ("echo", "[ 1 ]"));
    assert!(reply.id.is_some());
    // What is logged of a message does not tell what was said.
    let shown = format!("{reply:?}");
    assert!(shown.contains("echo") && !shown.contains("[ 1 ]"), "{shown}");
}

#[tokio::test]
async fn messages_come_in_order() {
    const COUNT: usize = 5_000;
    let server = TestServer::start().await;
    let mut host = Host::connected(server.url(), "good-ann").await;
    let ask = format!(r#"{{"n":{COUNT}}}"#);
    host.client.send("echo-many", &ask, None).unwrap();
    let messages = host.calls.messages(COUNT).await;
    for (n, message) in messages.iter().enumerate() {
        assert_eq!(message.data, format!(r#"{{"n":{n},"pad":""}}"#));
    }
    assert_eq!(messages.len(), COUNT);
}

#[tokio::test]
async fn a_message_with_a_time_to_live_waits_for_a_connection() {
    let server = TestServer::start().await;
    let mut host = Host::new(config(server.url(), "good-ann"));
    host.client.send("echo", "1", Some(HOUR_MS)).unwrap();
    assert_eq!(host.client.stats().unwrap().outbox_messages, 1);
    within("a session", host.client.connect()).await.unwrap();
    assert_eq!(host.calls.messages(1).await[0].data, "1");
    let stats = host.client.stats().unwrap();
    assert_eq!((stats.outbox_messages, stats.messages_sent), (0, 1));
    assert_eq!(stats.sessions, 1);
    assert_eq!(stats.listener_failures, 0);
}

#[tokio::test]
async fn a_message_whose_time_runs_out_is_counted_and_told() {
    let mut host = Host::new(config("ws://127.0.0.1:9/ws", "good-ann"));
    host.client.send("late", "1", Some(1)).unwrap();
    let told = host.calls.find(|call| matches!(call, crate::host::Call::Error(_))).await;
    let crate::host::Call::Error(error) = told else { panic!("{told:?}") };
    assert_eq!(error.code, "message_expired");
    assert!(error.message.contains("late"), "{}", error.message);
    assert_eq!(host.client.stats().unwrap().expired, 1);
}

#[tokio::test]
async fn rooms_are_entered_and_left() {
    let server = TestServer::start().await;
    let mut host = Host::new(SignalConfig {
        rooms: vec!["from-the-start".to_owned()],
        ..config(server.url(), "good-ann")
    });
    host.connect().await;
    let is_in = |room: &'static str, wanted: bool| {
        let (handle, host) = (server.handle(), &host);
        async move {
            // A join is not answered, but it goes before what is asked after it.
            while handle.members(room).is_empty() == wanted {
                host.assert_works().await;
            }
        }
    };
    host.client.join(vec!["a".into(), "b".into()]).unwrap();
    for room in ["from-the-start", "a", "b"] {
        within(room, is_in(room, true)).await;
    }
    let mut rooms = host.client.rooms();
    rooms.sort();
    assert_eq!(rooms, ["a", "b", "from-the-start"]);

    host.client.leave(vec!["a".into()]).unwrap();
    within("the leaving", is_in("a", false)).await;
    assert!(!host.client.rooms().contains(&"a".to_owned()));
}

#[tokio::test]
async fn another_token_is_used_by_the_next_session() {
    let server = TestServer::start().await;
    let mut host = Host::connected(server.url(), "good-ann").await;
    host.client.update_token("good-bea".to_owned()).unwrap();
    assert_eq!(host.client.session().unwrap().user_id.as_deref(), Some("ann"));
    within("the goodbye", host.client.disconnect()).await;
    let change = host.calls.state(ConnectionState::Disconnected).await;
    assert_eq!(change.reason.unwrap().code, "disconnected");
    assert_eq!(host.connect().await.user_id.as_deref(), Some("bea"));
}

#[tokio::test]
async fn what_is_told_to_people_holds_no_secret() {
    let server = TestServer::start().await;
    let host = Host::connected(server.url(), "good-secret").await;
    assert!(!host.client.explain().is_empty());
    for text in [host.client.explain(), format!("{:?}", host.client)] {
        assert!(!text.contains("good-secret"), "{text}");
    }
}

#[test]
fn without_a_jvm_there_is_no_lane() {
    let host = Host::new(bare_config("ws://127.0.0.1:9/ws"));
    assert_eq!(host.client.open_lane(), None);
}

//! `aldis session` ends, and disconnects, at once in every phase.

#[cfg(unix)]
use crate::support::terminate;
use crate::support::{Program, more_than_a_pipe_holds, server, soon};
use aldis_server::auth::InsecureTokenIsUserId;
use aldis_server::handlers::Relay;
use aldis_server::{Client, CloseCode, Handler, Message, Refusal, Server};
use aldis_testkit::{FaultProxy, Incoming, Peer, ScriptedServer};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// Ends the session's input, and checks that it ends in order.
async fn ends_in_order(mut session: Program, phase: &str) {
    session.close_input();
    let last = session.rest().await.pop().expect(phase);
    assert_eq!((&last["state"], &last["reason"]), (&json!("disconnected"), &json!("disconnected")));
    assert!(session.exit().await.success(), "{phase}");
}

#[tokio::test]
async fn while_the_upgrade_is_not_answered() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/ws", listener.local_addr().unwrap());
    let session = Program::session(&url, &[]);
    let (_held, _) = soon("a connection", listener.accept()).await.unwrap();
    ends_in_order(session, "connecting").await;
}

#[tokio::test]
async fn while_authenticate_is_not_answered() {
    let server = ScriptedServer::start(|mut peer: Peer| async move {
        peer.expect_authenticate().await?;
        peer.hold().await;
        Ok(())
    });
    let server = server.await.unwrap();
    let mut session = Program::session(&server.url(), &[]);
    session.state("authenticating").await;
    ends_in_order(session, "authenticating").await;
    server.finish().await.unwrap();
}

#[tokio::test]
async fn while_authenticated() {
    let server = server().await;
    let mut session = Program::session(&server.url(), &[]);
    session.connected().await;
    ends_in_order(session, "authenticated").await;
}

#[tokio::test]
async fn while_the_line_is_dead() {
    let server = server().await;
    let proxy = FaultProxy::start(server.local_addr()).unwrap();
    let mut session = Program::session(&format!("ws://{}/ws", proxy.addr()), &[]);
    session.connected().await;
    proxy.faults().stall(aldis_testkit::Direction::Both);
    ends_in_order(session, "half-open").await;
}

#[tokio::test]
async fn while_waiting_for_the_next_attempt() {
    let args = ["session", "--url", "ws://127.0.0.1:1/ws", "--token", "t"];
    let hour = ["--no-jitter", "--base-ms", "3600000", "--max-ms", "3600000"];
    let mut session = Program::start(&[&args[..], &hour].concat());
    session.state("reconnecting").await;
    ends_in_order(session, "reconnecting").await;
}

#[tokio::test]
async fn when_nothing_is_connected() {
    let mut session = Program::session("ws://127.0.0.1:1/ws", &["--no-connect"]);
    session.close_input();
    assert!(session.rest().await.is_empty());
    assert!(session.exit().await.success());

    let mut session = Program::session("ws://127.0.0.1:1/ws", &["--max-retries", "0"]);
    let given_up = session.state("disconnected").await;
    assert_eq!(given_up["reason"], "retries_exhausted");
    session.write(r#"{"cmd":"exit"}"#).await;
    assert!(session.rest().await.is_empty());
    assert!(session.exit().await.success());
}

#[tokio::test]
async fn disconnect_stops_an_attempt_that_hangs() {
    let server = ScriptedServer::start_raw(|incoming: Incoming| async move {
        // Neither an answer nor an end.
        let _incoming = incoming;
        std::future::pending().await
    });
    let server = server.await.unwrap();
    let mut session = Program::session(&server.url(), &[]);
    server.wait_for_connections(1).await;
    session.write(r#"{"cmd":"disconnect"}"#).await;
    assert_eq!(session.state("disconnected").await["reason"], "disconnected");
    session.write(r#"{"cmd":"stats"}"#).await;
    assert_eq!(session.next().await["attempts"], 1);
}

#[tokio::test]
async fn what_was_accepted_is_sent_before_the_end() {
    let (messages, mut received) = mpsc::unbounded_channel();
    let server = ScriptedServer::start(move |mut peer: Peer| {
        let messages = messages.clone();
        async move {
            let authenticate = peer.expect_authenticate().await?;
            peer.accept(&authenticate, &aldis_testkit::Acceptance::new()).await?;
            while let Some(message) = peer.next_event().await? {
                messages.send(message.decode::<u32>().unwrap()).unwrap();
            }
            Ok(())
        }
    });
    let server = server.await.unwrap();
    let mut session = Program::session(&server.url(), &[]);
    session.connected().await;
    let lines: Vec<_> =
        (0..500).map(|n| format!(r#"{{"cmd":"send","event":"e","data":{n}}}"#)).collect();
    session.write(&lines.join("\n")).await;
    ends_in_order(session, "sending").await;
    server.finish().await.unwrap();
    for n in 0..500 {
        assert_eq!(received.recv().await, Some(n));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn at_sigterm() {
    let server = server().await;
    let mut session = Program::session(&server.url(), &[]);
    session.connected().await;
    terminate(&session.child);
    assert_eq!(session.state("disconnected").await["reason"], "disconnected");
    assert!(session.exit().await.success());
}

#[tokio::test]
async fn when_nobody_reads_the_output_any_more() {
    let server = server().await;
    let mut session = Program::session(&server.url(), &[]);
    session.connected().await;
    session.close_output();
    let tag = more_than_a_pipe_holds();
    session.write(&format!(r#"{{"cmd":"join","rooms":[""],"tag":"{tag}"}}"#)).await;
    assert!(session.exit().await.success());
}

/// Relays, and tells of clients that go.
struct Watched(mpsc::UnboundedSender<()>);

impl Handler for Watched {
    async fn on_message(&self, client: &Client, message: &Message) -> Result<(), Refusal> {
        Relay.on_message(client, message).await
    }

    async fn on_disconnected(&self, _: &Client, _: CloseCode) {
        self.0.send(()).unwrap();
    }
}

/// A session whose output is stuck: far more than a pipe holds has come, and nobody reads it.
async fn stuck_session(proxy: &FaultProxy) -> Program {
    let mut session = Program::session(&format!("ws://{}/ws", proxy.addr()), &[]);
    session.connected().await;
    let flood = r#"{"cmd":"send","event":"echo-many","data":{"n":30000,"bytes":1000}}"#;
    session.write(flood).await;
    let faults = proxy.faults();
    let arrived = faults.wait_until(|counts| counts.to_client.forwarded > 2 << 20);
    soon("the flood", arrived).await;
    session
}

#[tokio::test]
async fn disconnect_works_while_the_output_is_stuck() {
    let (gone, mut gone_clients) = mpsc::unbounded_channel();
    let server = Server::builder().authenticator(InsecureTokenIsUserId).handler(Watched(gone));
    let server = server.build().unwrap().bind("127.0.0.1:0").await.unwrap();
    let proxy = FaultProxy::start(server.local_addr()).unwrap();
    let mut session = stuck_session(&proxy).await;
    session.write(r#"{"cmd":"disconnect"}"#).await;
    soon("the goodbye", gone_clients.recv()).await.unwrap();
    // All that was taken from the network comes out, in order.
    let mut next = 0;
    loop {
        let line = session.next().await;
        if line["type"] == "state" {
            assert_eq!(line["state"], "disconnected");
            break;
        }
        assert_eq!(line["data"]["n"], next);
        next += 1;
    }
    assert!(next > 0);
    session.close_input();
    assert!(session.rest().await.is_empty());
    assert!(session.exit().await.success());
}

#[tokio::test]
async fn a_stuck_output_does_not_keep_the_program() {
    let server = server().await;
    let proxy = FaultProxy::start(server.local_addr()).unwrap();
    let mut session = stuck_session(&proxy).await;
    session.close_input();
    assert_eq!(session.exit().await.code(), Some(1));
}

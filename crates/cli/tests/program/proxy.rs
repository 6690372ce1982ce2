//! `aldis proxy` as tests in other languages use it: commands in, answers out, and a line that
//! does what they say.

use std::io::{ErrorKind, Write as _};
use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

#[cfg(unix)]
use crate::support::terminate;
use crate::support::{Program, more_than_a_pipe_holds, run, server, soon, text};

/// A proxy before a server that is played by hand.
struct Rig {
    proxy: Program,
    addr: SocketAddr,
    server: TcpListener,
}

impl Rig {
    async fn new() -> Self {
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (proxy, addr) = proxy_before(server.local_addr().unwrap()).await;
        Self { proxy, addr, server }
    }

    /// Both ends of a connection through the proxy.
    async fn connection(&self) -> (TcpStream, TcpStream) {
        let client = soon("a connection", TcpStream::connect(self.addr)).await.unwrap();
        let (server, _) = soon("its other end", self.server.accept()).await.unwrap();
        (client, server)
    }

    /// Has commands done.
    async fn tell(&mut self, commands: &[&str]) {
        for command in commands {
            let answer = self.proxy.ask(command).await;
            assert_eq!(answer["type"], "ok", "{command}: {answer}");
        }
    }

    /// Waits until the counts are as they should be.
    async fn wait(&mut self, counts: &str) -> Value {
        let command = format!(r#"{{"cmd":"wait","timeout_ms":20000,{counts}}}"#);
        let answer = self.proxy.ask(&command).await;
        assert_eq!(answer["type"], "counts", "{command}: {answer}");
        answer
    }
}

async fn proxy_before(upstream: SocketAddr) -> (Program, SocketAddr) {
    let mut proxy = Program::start(&["proxy", "--upstream", &upstream.to_string()]);
    let listening = proxy.next().await;
    assert_eq!(listening["type"], "listening");
    assert_eq!(listening["upstream"], upstream.to_string());
    let addr: SocketAddr = listening["addr"].as_str().unwrap().parse().unwrap();
    assert!(addr.ip().is_loopback());
    (proxy, addr)
}

async fn read(stream: &mut TcpStream, bytes: usize) -> Vec<u8> {
    let mut buffer = vec![0; bytes];
    soon("bytes", stream.read_exact(&mut buffer)).await.unwrap();
    buffer
}

#[tokio::test]
async fn without_commands_it_forwards_and_counts() {
    let mut rig = Rig::new().await;
    let (mut client, mut server) = rig.connection().await;
    client.write_all(b"ping").await.unwrap();
    assert_eq!(read(&mut server, 4).await, b"ping");
    server.write_all(b"it").await.unwrap();
    assert_eq!(read(&mut client, 2).await, b"it");
    rig.wait(r#""to_server":{"forwarded":4},"to_client":{"forwarded":2}"#).await;
    let counts = rig.proxy.ask(r#"{"cmd":"counts","tag":[1]}"#).await;
    let traffic = |bytes| json!({"received": bytes, "forwarded": bytes, "swallowed": 0, "corrupted": 0, "writes": 1});
    let expected = json!({
        "type": "counts", "accepted": 1, "open": 1, "unreachable": 0, "acceptFailed": 0,
        "toServer": traffic(4), "toClient": traffic(2), "tag": [1],
    });
    assert_eq!(counts, expected);
}

#[tokio::test]
async fn a_cut_is_an_end_or_a_reset() {
    let mut rig = Rig::new().await;
    let (mut client, mut server) = rig.connection().await;
    rig.tell(&[r#"{"cmd":"cut","how":"close"}"#]).await;
    assert_eq!(
        soon("the end", client.read_u8()).await.unwrap_err().kind(),
        ErrorKind::UnexpectedEof
    );
    assert_eq!(
        soon("the end", server.read_u8()).await.unwrap_err().kind(),
        ErrorKind::UnexpectedEof
    );
    let (mut client, mut server) = rig.connection().await;
    rig.tell(&[r#"{"cmd":"cut","how":"reset"}"#]).await;
    let reset = ErrorKind::ConnectionReset;
    assert_eq!(soon("the reset", client.read_u8()).await.unwrap_err().kind(), reset);
    assert_eq!(soon("the reset", server.read_u8()).await.unwrap_err().kind(), reset);
    let counts = rig.wait(r#""open":0"#).await;
    assert_eq!(counts["accepted"], 2);
}

#[tokio::test]
async fn bytes_are_held_and_thrown_away() {
    let mut rig = Rig::new().await;
    let (mut client, mut server) = rig.connection().await;
    rig.tell(&[r#"{"cmd":"stall","direction":"to_server"}"#]).await;
    client.write_all(b"a").await.unwrap();
    let counts = rig.wait(r#""to_server":{"received":1}"#).await;
    assert_eq!(counts["toServer"]["forwarded"], 0);
    server.write_all(b"b").await.unwrap();
    assert_eq!(read(&mut client, 1).await, b"b");
    rig.tell(&[r#"{"cmd":"resume"}"#]).await;
    assert_eq!(read(&mut server, 1).await, b"a");

    rig.tell(&[r#"{"cmd":"swallow"}"#]).await;
    client.write_all(b"lost").await.unwrap();
    rig.wait(r#""to_server":{"swallowed":4}"#).await;
    rig.tell(&[r#"{"cmd":"clear"}"#]).await;
    client.write_all(b"c").await.unwrap();
    assert_eq!(read(&mut server, 1).await, b"c");
}

#[tokio::test]
async fn bytes_are_late_in_pieces_and_wrong() {
    let mut rig = Rig::new().await;
    let (mut client, mut server) = rig.connection().await;
    rig.tell(&[r#"{"cmd":"delay","ms":3600000,"direction":"to_client"}"#]).await;
    server.write_all(b"late").await.unwrap();
    let counts = rig.wait(r#""to_client":{"received":4}"#).await;
    assert_eq!(counts["toClient"]["forwarded"], 0);
    rig.tell(&[
        r#"{"cmd":"split","bytes":1,"direction":"to_client"}"#,
        r#"{"cmd":"delay","ms":0,"direction":"to_client"}"#,
    ])
    .await;
    assert_eq!(read(&mut client, 4).await, b"late");
    let counts = rig.wait(r#""to_client":{"forwarded":4}"#).await;
    assert_eq!(counts["toClient"]["writes"], 4);

    rig.tell(&[r#"{"cmd":"throttle","bytes_per_second":2000}"#]).await;
    client.write_all(&[7; 400]).await.unwrap();
    assert_eq!(read(&mut server, 400).await, [7; 400]);
    let counts = rig.wait(r#""to_server":{"forwarded":400}"#).await;
    assert!(counts["toServer"]["writes"].as_u64().unwrap() >= 4, "{counts}");

    rig.tell(&[r#"{"cmd":"corrupt","skip":1,"direction":"to_server"}"#]).await;
    client.write_all(b"abc").await.unwrap();
    assert_eq!(read(&mut server, 3).await, b"acc");
    rig.wait(r#""to_server":{"corrupted":1}"#).await;
}

#[tokio::test]
async fn nobody_listens_until_it_accepts_again() {
    let mut rig = Rig::new().await;
    rig.tell(&[r#"{"cmd":"refuse"}"#]).await;
    let refused = soon("an answer", TcpStream::connect(rig.addr)).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    rig.tell(&[r#"{"cmd":"accept"}"#]).await;
    let _connection = rig.connection().await;
    let counts = rig.wait(r#""accepted":1,"open":1"#).await;
    assert_eq!(counts["accepted"], 1);
}

#[tokio::test]
async fn connections_go_to_the_upstream_of_the_moment() {
    let mut rig = Rig::new().await;
    // Bound, so that nobody else gets the port, but not listening.
    let reserved = TcpSocket::new_v4().unwrap();
    reserved.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let closed = reserved.local_addr().unwrap();
    let next = TcpListener::bind("127.0.0.1:0").await.unwrap();
    rig.tell(&[&format!(r#"{{"cmd":"upstream","addr":"{closed}"}}"#)]).await;
    // The reset may come before the client has seen that it is connected.
    let lost = async { TcpStream::connect(rig.addr).await?.read_u8().await };
    assert!(soon("the reset", lost).await.is_err());
    rig.wait(r#""unreachable":1,"open":0"#).await;
    let port = next.local_addr().unwrap().port();
    rig.tell(&[&format!(r#"{{"cmd":"upstream","addr":"localhost:{port}"}}"#)]).await;
    rig.server = next;
    let _connection = rig.connection().await;
}

#[tokio::test]
async fn every_line_has_its_answer_in_its_turn() {
    let mut rig = Rig::new().await;
    let wait = r#"{"cmd":"wait","accepted":1,"timeout_ms":20000,"tag":1}"#;
    let lines = [wait, "x", r#"{"cmd":"fly","tag":{"n":2}}"#, r#"{"cmd":"clear","tag":3}"#];
    rig.proxy.write(&lines.join("\n")).await;
    let _connection = rig.connection().await;
    let reached = rig.proxy.next().await;
    assert_eq!((&reached["type"], &reached["tag"]), (&json!("counts"), &json!(1)));
    let bad = rig.proxy.next().await;
    assert_eq!((&bad["code"], &bad["tag"]), (&json!("bad_line"), &Value::Null));
    let bad = rig.proxy.next().await;
    assert_eq!((&bad["code"], &bad["tag"]), (&json!("bad_line"), &json!({"n": 2})));
    assert!(bad["message"].as_str().unwrap().contains("`cut`, `stall`"), "{bad}");
    let done = rig.proxy.next().await;
    assert_eq!(done, json!({"type": "ok", "cmd": "clear", "tag": 3}));
}

#[tokio::test]
async fn what_cannot_be_done_is_told() {
    let mut rig = Rig::new().await;
    let error = rig.proxy.ask(r#"{"cmd":"wait","open":1,"timeout_ms":1,"tag":"t"}"#).await;
    assert_eq!((&error["code"], &error["tag"]), (&json!("wait_timed_out"), &json!("t")));
    assert!(error["message"].as_str().unwrap().contains("0 open"), "{error}");
    let error = rig.proxy.ask(r#"{"cmd":"upstream","addr":"8787"}"#).await;
    assert_eq!(error["code"], "unknown_host");
    assert!(error["message"].as_str().unwrap().contains("HOST:PORT"), "{error}");
    // The upstream is the one that it was.
    let _connection = rig.connection().await;

    let refused = run(&["proxy", "--upstream", "8787"]).await;
    assert_eq!(refused.status.code(), Some(1));
    assert!(refused.stdout.is_empty());
    assert!(text(&refused.stderr).contains("HOST:PORT"), "{}", text(&refused.stderr));
}

#[tokio::test]
async fn the_end_of_the_input_ends_it_and_its_connections() {
    let mut rig = Rig::new().await;
    let (mut client, mut server) = rig.connection().await;
    rig.proxy.write(r#"{"cmd":"wait","accepted":2,"timeout_ms":3600000}"#).await;
    rig.proxy.close_input();
    let rest = rig.proxy.rest().await;
    assert_eq!(rest.len(), 1, "{rest:?}");
    assert_eq!(rest[0]["code"], "wait_ended");
    assert!(rig.proxy.exit().await.success());
    assert!(soon("the end", client.read_u8()).await.is_err());
    assert!(soon("the end", server.read_u8()).await.is_err());
}

#[cfg(unix)]
#[tokio::test]
async fn sigterm_ends_it_even_while_it_waits() {
    let mut rig = Rig::new().await;
    rig.proxy.write(r#"{"cmd":"wait","accepted":1,"timeout_ms":3600000}"#).await;
    terminate(&rig.proxy.child);
    assert!(rig.proxy.rest().await.is_empty());
    assert!(rig.proxy.exit().await.success());
}

#[tokio::test]
async fn it_ends_when_nobody_reads_its_answers() {
    let mut rig = Rig::new().await;
    rig.proxy.close_output();
    rig.proxy.write(&format!(r#"{{"cmd":"counts","tag":"{}"}}"#, more_than_a_pipe_holds())).await;
    assert!(rig.proxy.exit().await.success());
}

#[tokio::test]
async fn a_session_through_it_is_lost_and_found() {
    let server = server().await;
    let (mut proxy, addr) = proxy_before(server.local_addr()).await;
    let mut session = Program::session(&format!("ws://{addr}/ws"), &["--no-jitter"]);
    let first = session.connected().await;
    assert_eq!(proxy.ask(r#"{"cmd":"cut","how":"reset"}"#).await["type"], "ok");
    assert_eq!(session.next().await["code"], "connection_lost");
    assert_ne!(session.connected().await, first);
}

#[tokio::test]
async fn with_tls_it_shows_a_certificate_of_its_own_authority() {
    let server = server().await;
    let upstream = server.local_addr().to_string();
    let mut proxy =
        Program::start(&["proxy", "--upstream", &upstream, "--tls", "localhost,here.test"]);
    let listening = proxy.next().await;
    let addr: SocketAddr = listening["addr"].as_str().unwrap().parse().unwrap();
    let mut ca = tempfile::NamedTempFile::new().unwrap();
    ca.write_all(listening["ca"].as_str().unwrap().as_bytes()).unwrap();

    let url = format!("wss://localhost:{}/ws", addr.port());
    let ca = ca.path().to_str().unwrap();
    let mut session = Program::session(&url, &["--no-jitter", "--ca", ca]);
    let first = session.connected().await;
    // The line that fails is behind it.
    assert_eq!(proxy.ask(r#"{"cmd":"cut","how":"close"}"#).await["type"], "ok");
    assert_eq!(session.next().await["code"], "connection_lost");
    assert_ne!(session.connected().await, first);

    let refused = run(&["proxy", "--upstream", &upstream, "--tls", "\u{1f600}"]).await;
    assert_eq!(refused.status.code(), Some(1));
    assert!(!refused.stderr.is_empty());
}

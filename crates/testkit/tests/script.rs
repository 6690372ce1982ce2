//! The scripted server against a plain WebSocket client with the keys of the protocol crate.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use aldis_protocol::Message;
use aldis_protocol::cipher::{EncryptedFrame, OpenError, SessionCipher};
use aldis_protocol::handshake::{INFO_IGNIS, INFO_NX_SIGNAL, KeyPair, PublicKey, salt_from_base64};
use aldis_testkit::{
    Acceptance, Frame, Incoming, MemoryNetwork, Peer, ScriptError, ScriptedServer, tampered,
};
use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::net::TcpStream;
use tokio::time;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{self, Error};
use tokio_tungstenite::{WebSocketStream, client_async};

type WebSocket = WebSocketStream<DuplexStream>;

async fn dial(network: &MemoryNetwork) -> WebSocket {
    let stream = network.connect().await.unwrap();
    client_async("ws://localhost/stream?x=1", stream).await.unwrap().0
}

async fn next_text(socket: &mut WebSocket) -> String {
    socket.next().await.unwrap().unwrap().into_text().unwrap().as_str().to_owned()
}

async fn send(socket: &mut WebSocket, text: impl Into<String>) {
    socket.send(tungstenite::Message::text(text.into())).await.unwrap();
}

fn scripted<F, R>(script: F) -> (MemoryNetwork, ScriptedServer)
where
    F: Fn(Peer) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Result<(), ScriptError>> + Send + 'static,
{
    let network = MemoryNetwork::new();
    let server = ScriptedServer::start_in(&network, script);
    (network, server)
}

/// An honest client: authenticates and derives the session key.
async fn authenticated(socket: &mut WebSocket, info: &str) -> (SessionCipher, Value) {
    let keys = KeyPair::generate(&mut rand::rng());
    let data = json!({
        "type": "Bearer", "token": "secret", "clientPublicKey": keys.public_key().to_base64(),
    });
    send(socket, json!({ "event": "authenticate", "data": data }).to_string()).await;
    let connected = Message::parse(next_text(socket).await).unwrap();
    assert_eq!(connected.event(), "connected");
    let data: Value = connected.decode().unwrap();
    let server = PublicKey::from_base64(data["serverPublicKey"].as_str().unwrap()).unwrap();
    let salt = salt_from_base64(data["salt"].as_str().unwrap()).unwrap();
    let key = keys.agree(&server, &salt, info);
    (SessionCipher::new(&key, rand::random(), 100), data)
}

#[tokio::test(start_paused = true)]
async fn an_honest_session_both_ways() {
    let (network, server) = scripted(|mut peer: Peer| async move {
        assert_eq!(peer.request().unwrap().path(), "/stream?x=1");
        let authenticate = peer.expect_authenticate().await?;
        assert_eq!(authenticate.token, "secret");
        assert!(!format!("{authenticate:?} {peer:?}").contains("secret"));
        let acceptance = Acceptance::new().client_id("c1").user_id("u1").info(INFO_IGNIS);
        peer.accept(&authenticate, &acceptance).await?;
        let question = peer.recv_event().await?;
        assert_eq!((question.event(), question.data()), ("question", "[1]"));
        peer.reply(&question, "answer").await?;
        assert_eq!(peer.recv_control().await?.event(), "heartbeat");
        assert!(peer.next_event().await?.is_none());
        Ok(())
    });
    let mut socket = dial(&network).await;
    let (mut cipher, connected) = authenticated(&mut socket, INFO_IGNIS).await;
    assert_eq!((&connected["id"], &connected["userId"]), (&json!("c1"), &json!("u1")));
    send(&mut socket, r#"{"event":"heartbeat"}"#).await;
    let question = br#"{"event":"question","data":[1],"id":"7"}"#;
    send(&mut socket, cipher.seal_in_place(question.to_vec()).unwrap()).await;
    let reply = next_text(&mut socket).await;
    let reply = cipher.open(&EncryptedFrame::parse(&reply).unwrap()).unwrap();
    assert_eq!(reply, br#"{"event":"question","data":"answer","id":"7"}"#);
    socket.close(None).await.unwrap();
    assert!(socket.next().await.is_none_or(|end| end.unwrap().is_close()));
    server.finish().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn sealed_frames_can_be_replayed_reflected_and_tampered_with() {
    let (network, server) = scripted(|mut peer: Peer| async move {
        let authenticate = peer.expect_authenticate().await?;
        peer.accept(&authenticate, &Acceptance::new()).await?;
        let sealed = peer.seal(r#"{"event":"e"}"#)?;
        peer.send_text(tampered(&sealed).unwrap()).await?;
        peer.send_text(sealed.clone()).await?;
        peer.send_text(sealed).await?;
        let Frame::Text(theirs) = peer.recv().await? else { panic!("a text") };
        peer.send_text(theirs.clone()).await?;
        assert_eq!(peer.open(&theirs)?.event(), "theirs");
        Ok(())
    });
    let mut socket = dial(&network).await;
    let (mut cipher, _) = authenticated(&mut socket, INFO_NX_SIGNAL).await;
    send(&mut socket, cipher.seal_in_place(br#"{"event":"theirs"}"#.to_vec()).unwrap()).await;
    for expected in [
        Err(OpenError::Undecryptable),
        Ok(br#"{"event":"e"}"#.to_vec()),
        Err(OpenError::Replayed),
        Err(OpenError::Reflected),
    ] {
        let text = next_text(&mut socket).await;
        assert_eq!(cipher.open(&EncryptedFrame::parse(&text).unwrap()), expected);
    }
    server.finish().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn each_connection_has_its_index_and_ends_as_its_script_says() {
    let (network, server) = scripted(|mut peer: Peer| async move {
        match peer.index() {
            0 => peer.close(4003, "no").await,
            1 => {
                peer.cut().await;
                Ok(())
            }
            _ => {
                peer.send_plain("early", json!(null)).await?;
                peer.send_binary(vec![1]).await?;
                peer.send_bytes(&[0xff, 0xff]).await
            }
        }
    });
    let mut refused = dial(&network).await;
    let close = refused.next().await.unwrap().unwrap();
    let tungstenite::Message::Close(Some(close)) = close else { panic!("{close:?}") };
    assert_eq!((u16::from(close.code), close.reason.as_str()), (4003, "no"));
    drop(refused);

    let mut cut = dial(&network).await;
    let end = cut.next().await.unwrap().unwrap_err();
    assert!(matches!(end, Error::Protocol(_)), "no close frame: {end}");
    drop(cut);

    let mut broken = dial(&network).await;
    assert_eq!(next_text(&mut broken).await, r#"{"event":"early","data":null}"#);
    assert!(broken.next().await.unwrap().unwrap().is_binary());
    assert!(matches!(broken.next().await.unwrap(), Err(Error::Protocol(_))));
    server.wait_for_connections(3).await;
    server.finish().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn pings_are_answered_unless_the_script_says_otherwise() {
    let (network, server) = scripted(|mut peer: Peer| async move {
        peer.answer_pings(peer.index() == 0);
        peer.send_ping("of the script").await?;
        assert_eq!(peer.recv().await?, Frame::Pong("of the script".into()));
        if peer.index() == 2 {
            peer.hold().await;
            return Ok(());
        }
        assert!(peer.next_event().await?.is_none());
        Ok(())
    });
    for answered in [true, false, false] {
        let mut socket = dial(&network).await;
        assert!(socket.next().await.unwrap().unwrap().is_ping());
        socket.flush().await.unwrap();
        socket.send(tungstenite::Message::Ping("mine".into())).await.unwrap();
        let pong = time::timeout(Duration::from_hours(1), socket.next()).await;
        assert_eq!(pong.is_ok_and(|pong| pong.unwrap().unwrap().is_pong()), answered);
    }
    server.finish().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn fragments_are_joined() {
    let (network, server) = scripted(|mut peer: Peer| async move {
        assert_eq!(peer.recv().await?, Frame::Text("one two".to_owned()));
        Ok(())
    });
    let mut socket = dial(&network).await;
    for (part, kind, last) in [("one ", Data::Text, false), ("two", Data::Continue, true)] {
        let frame = tungstenite::protocol::frame::Frame::message(part, OpCode::Data(kind), last);
        socket.send(tungstenite::Message::Frame(frame)).await.unwrap();
    }
    server.finish().await.unwrap();
}

fn raw<F, R>(script: F) -> (MemoryNetwork, ScriptedServer)
where
    F: Fn(Incoming) -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), ScriptError>> + Send + 'static,
{
    let network = MemoryNetwork::new();
    let server = ScriptedServer::start_raw_in(&network, script);
    (network, server)
}

#[tokio::test(start_paused = true)]
async fn misbehaviour_before_the_upgrade() {
    let (network, server) = raw(|mut incoming| async move {
        match incoming.index() {
            0 => incoming.answer(403, "forbidden").await?,
            1 => incoming.send_bytes(b"garbage\r\n\r\n").await?,
            2 => incoming.cut().await,
            _ => incoming.hold().await,
        }
        Ok(())
    });
    let upgrade = async || {
        let stream = network.connect().await.unwrap();
        let upgrade = client_async("ws://localhost/", stream);
        time::timeout(Duration::from_hours(1), upgrade).await.map(Result::unwrap_err)
    };
    let Ok(Error::Http(response)) = upgrade().await else { panic!("an HTTP answer") };
    assert_eq!(response.status(), 403);
    assert_eq!(response.body().as_deref(), Some(&b"forbidden"[..]));
    assert!(upgrade().await.is_ok(), "garbage is no answer");
    assert!(upgrade().await.is_ok(), "neither is an end");
    assert!(upgrade().await.is_err(), "held for an hour");
    server.finish().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_a_client_must_not_send_fails_the_script() {
    const UPGRADE: &str = "GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
    let join = r#"{"event":"join","data":{"token":"secret"}}"#;
    let masked = |opcode: u8, payload: &str| {
        let length = u8::try_from(payload.len()).unwrap();
        [&[opcode, 0x80 | length, 0, 0, 0, 0], payload.as_bytes()].concat()
    };
    for (bytes, code, says) in [
        (b"hello\r\n\r\n".to_vec(), "request", "not HTTP/1.1"),
        (b"GET / HTTP/1.1\r\n\r\n".to_vec(), "request", "no Upgrade header"),
        (UPGRADE.as_bytes().to_vec(), "ended", "authenticate"),
        ([UPGRADE.as_bytes(), &[0x81, 1, b'x']].concat(), "protocol", "without a mask"),
        ([UPGRADE.as_bytes(), &masked(0x83, "")].concat(), "protocol", "opcode"),
        ([UPGRADE.as_bytes(), &masked(0x80, "")].concat(), "protocol", "out of order"),
        ([UPGRADE.as_bytes(), &masked(0xc1, "")].concat(), "protocol", "extension"),
        ([UPGRADE.as_bytes(), &masked(0x82, "")].concat(), "unexpected", "a binary message"),
        ([UPGRADE.as_bytes(), &masked(0x81, "no JSON")].concat(), "malformed", "not a message"),
        ([UPGRADE.as_bytes(), &masked(0x81, join)].concat(), "unexpected", "\"join\""),
    ] {
        let (network, server) =
            scripted(|mut peer: Peer| async move { peer.expect_authenticate().await.map(drop) });
        let mut client = network.connect().await.unwrap();
        client.write_all(&bytes).await.unwrap();
        client.shutdown().await.unwrap();
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.unwrap();
        let failure = server.finish().await.unwrap_err();
        assert_eq!(failure.code(), code, "{failure}");
        assert!(failure.to_string().contains(says), "{failure}");
        assert!(!failure.to_string().contains("secret"));
    }
}

#[tokio::test]
async fn a_panic_of_a_script_goes_on_in_the_test() {
    let server = ScriptedServer::start_raw(|_| async { panic!("as planned") }).await.unwrap();
    TcpStream::connect(server.addr()).await.unwrap();
    server.wait_for_connections(1).await;
    let panic = AssertUnwindSafe(server.finish()).catch_unwind().await.unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"as planned"));
}

#[tokio::test]
async fn a_failure_is_not_lost_when_the_server_is_dropped() {
    for (script_panics, says) in [(true, "panicked: as planned"), (false, "failed: there is no")] {
        let server = ScriptedServer::start_raw(move |_| async move {
            assert!(!script_panics, "as planned");
            Err(ScriptError::NotAccepted)
        });
        let server = server.await.unwrap();
        let mut client = TcpStream::connect(server.addr()).await.unwrap();
        // The script is over once its connection is.
        let ended = time::timeout(Duration::from_secs(20), client.read(&mut [0])).await.unwrap();
        assert!(matches!(ended, Ok(0) | Err(_)));
        let panic = std::panic::catch_unwind(AssertUnwindSafe(|| drop(server))).unwrap_err();
        let message = panic.downcast_ref::<String>().unwrap();
        assert!(message.contains(says), "{message}");
    }
}

#[tokio::test]
async fn over_tcp_the_url_leads_to_the_script() {
    let server = ScriptedServer::start(|mut peer: Peer| async move { peer.send_text("hi").await });
    let server = server.await.unwrap();
    let stream = TcpStream::connect(server.addr()).await.unwrap();
    let (mut socket, _) = client_async(server.url(), stream).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap().into_text().unwrap(), "hi");
    server.finish().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn who_leaves_before_the_upgrade_is_counted_and_meets_no_script() {
    let (network, server) = scripted(|_| async { panic!("never met") });
    drop(network.connect().await.unwrap());
    network.faults().wait_until(|counts| counts.open == 0).await;
    assert_eq!(server.abandoned(), 1);
    server.finish().await.unwrap();
}

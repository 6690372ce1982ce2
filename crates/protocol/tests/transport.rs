//! However TCP and WebSocket cut the stream into pieces, the sessions see the same messages.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::time::Instant;

use aldis_protocol::client::Event as ClientEvent;
use aldis_protocol::server::Event as ServerEvent;
use aldis_protocol::{ClientSession, Inbound, Outgoing, ServerSession};
use proptest::prelude::*;
use tungstenite::protocol::frame::Frame;
use tungstenite::protocol::frame::coding::{Data, OpCode};
use tungstenite::protocol::{Role, WebSocket};
use tungstenite::{Error, Message};

mod support;

use support::{client_text, connected_pair};

/// What one end of a connection has written, read in pieces of the given sizes, over and over.
/// Between two pieces nothing is there to read.
struct Pieces {
    bytes: VecDeque<u8>,
    sizes: Vec<usize>,
    next: usize,
    pause: bool,
}

impl Read for Pieces {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.pause = !self.pause;
        if self.pause {
            return Err(ErrorKind::WouldBlock.into());
        }
        let size = self.sizes[self.next % self.sizes.len()];
        self.next += 1;
        let len = buf.len().min(size);
        self.bytes.read(&mut buf[..len])
    }
}

/// Pongs and the like, which nobody looks at.
impl Write for Pieces {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Receives what a connection carried and hands each message to `handle`.
fn receive(bytes: Vec<u8>, role: Role, sizes: Vec<usize>, mut handle: impl FnMut(Inbound<'_>)) {
    let stream = Pieces { bytes: bytes.into(), sizes, next: 0, pause: false };
    let mut socket = WebSocket::from_raw_socket(stream, role, None);
    loop {
        match socket.read() {
            Ok(Message::Text(text)) => handle(Inbound::Text(&text)),
            Ok(Message::Binary(bytes)) => handle(Inbound::Binary(&bytes)),
            Ok(Message::Ping(_)) => handle(Inbound::Ping),
            Ok(Message::Pong(payload)) => handle(Inbound::Pong(&payload)),
            Ok(other) => panic!("unexpected {other:?}"),
            Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => {}
            // The stream is at its end, between two messages or in one.
            Err(_) => return,
        }
    }
}

/// The bytes that `role` writes to send `texts`, each in WebSocket frames of `fragment` bytes,
/// with pings between.
fn written(role: Role, texts: &[String], fragment: usize) -> Vec<u8> {
    let mut socket = WebSocket::from_raw_socket(io::Cursor::new(Vec::new()), role, None);
    for text in texts {
        let mut opcode = OpCode::Data(Data::Text);
        let mut chunks = text.as_bytes().chunks(fragment).peekable();
        while let Some(chunk) = chunks.next() {
            let last = chunks.peek().is_none();
            let frame = Frame::message(chunk.to_vec(), opcode, last);
            socket.send(Message::Frame(frame)).unwrap();
            socket.send(Message::Ping(vec![1].into())).unwrap();
            opcode = OpCode::Data(Data::Continue);
        }
    }
    socket.into_inner().into_inner()
}

fn messages() -> Vec<Outgoing> {
    let payloads = ["xin chào 👋".to_owned(), String::new(), "é".repeat(300)];
    let message = |payload| Outgoing::new("chat", payload, Some("7")).unwrap();
    payloads.iter().map(message).collect()
}

fn server_texts(server: &mut ServerSession) -> Vec<String> {
    let mut scratch = Vec::new();
    let seal = |message: Outgoing| server.seal(message.plaintext(), &mut scratch);
    let sealed = messages().into_iter().map(seal);
    sealed.map(|text| text.unwrap().unwrap()).collect()
}

fn client_texts(client: &mut ClientSession) -> Vec<String> {
    let mut send = |message| {
        client.send(message).unwrap();
        client_text(client)
    };
    messages().into_iter().map(&mut send).collect()
}

fn plaintexts() -> Vec<aldis_protocol::Message> {
    let text = |message: Outgoing| String::from_utf8(message.into_plaintext()).unwrap();
    let parse = |text| aldis_protocol::Message::parse(text).unwrap();
    messages().into_iter().map(text).map(parse).collect()
}

proptest! {
    #[test]
    fn any_fragmentation_gives_the_same_messages(
        sizes in prop::collection::vec(1usize..700, 1..8),
        fragment in 1usize..900,
    ) {
        let now = Instant::now();
        let (mut client, mut server) = connected_pair(now);
        let (down, up) = (server_texts(&mut server), client_texts(&mut client));

        let bytes = written(Role::Server, &down, fragment);
        receive(bytes, Role::Client, sizes.clone(), |inbound| client.handle_frame(inbound, now));
        let delivered = std::iter::from_fn(|| client.poll_event()).map(|event| match event {
            ClientEvent::Message(message) => message,
            other => panic!("unexpected {other:?}"),
        });
        prop_assert_eq!(delivered.collect::<Vec<_>>(), plaintexts());

        let bytes = written(Role::Client, &up, fragment);
        receive(bytes, Role::Server, sizes, |inbound| server.handle_frame(inbound, now));
        let delivered = std::iter::from_fn(|| server.poll_event()).map(|event| match event {
            ServerEvent::Message(message) => message,
            other => panic!("unexpected {other:?}"),
        });
        prop_assert_eq!(delivered.collect::<Vec<_>>(), plaintexts());
    }

    /// A connection that breaks off delivers the messages that were complete, and no other.
    #[test]
    fn a_stream_that_breaks_off_delivers_what_was_whole(
        at in any::<prop::sample::Index>(),
        sizes in prop::collection::vec(1usize..700, 1..8),
    ) {
        let now = Instant::now();
        let (mut client, mut server) = connected_pair(now);
        let down = server_texts(&mut server);
        let mut bytes = written(Role::Server, &down, usize::MAX);
        let lengths: Vec<_> = (1..=down.len())
            .map(|count| written(Role::Server, &down[..count], usize::MAX).len())
            .collect();
        bytes.truncate(at.index(bytes.len() + 1));
        // Behind each message stands a ping of three bytes, which need not be whole.
        let whole = lengths.iter().filter(|length| **length - 3 <= bytes.len()).count();
        receive(bytes, Role::Client, sizes, |inbound| client.handle_frame(inbound, now));
        let delivered = std::iter::from_fn(|| client.poll_event()).count();
        prop_assert_eq!(delivered, whole);
        prop_assert_eq!(client.drops().total(), 0);
    }
}

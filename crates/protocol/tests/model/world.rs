//! Both ends and the adversary.

use std::time::{Duration, Instant};

use aldis_protocol::cipher::{EncryptedFrame, SessionCipher};
use aldis_protocol::handshake::SessionKey;
use aldis_protocol::{Message, Outgoing};
use serde_json::value::RawValue;

use super::client_end::ClientEnd;
use super::server_end::ServerEnd;
use super::step::{Side, Step};
use super::wire::{Frame, Origin, Spelling, event_of};

/// Small, so that sessions reach it.
const MAX_SEEN_IVS: usize = 12;

/// What someone without the key may say to a client.
const TO_CLIENT: [&str; 16] = [
    r#"{"event":"message","data":{"text":"in plaintext"}}"#,
    r#"{"event":"message","data":1,"id":"r0"}"#,
    r#"{"event":"error","data":{"message":"no"}}"#,
    r#"{"event":"error"}"#,
    r#"{"event":"connected"}"#,
    r#"{"event":"connected","data":{"id":"x"}}"#,
    r#"{"event":"connected","data":{"id":"x","serverPublicKey":"AAAA","salt":"AAAA"}}"#,
    r#"{"event":"encrypted"}x"#,
    r#"{"event":"heartbeat"}"#,
    r#"{"event":1}"#,
    "{}",
    "null",
    "",
    "\u{feff}{\"event\":\"message\"}",
    "{\"event\":\"message\"",
    "👋",
];

/// What someone without the key may say to a server.
const TO_SERVER: [&str; 12] = [
    r#"{"event":"message","data":{"text":"in plaintext"}}"#,
    r#"{"event":"authenticate"}"#,
    r#"{"event":"authenticate","data":{"type":"Bearer"}}"#,
    r#"{"event":"heartbeat","data":[]}"#,
    r#"{"event":"join","data":{"rooms":["a","b"]}}"#,
    r#"{"event":"leave","data":{"rooms":["b"]}}"#,
    r#"{"event":"connected"}"#,
    r#"{"event":"error"}"#,
    r#"{"event":"e","data":}"#,
    "[]",
    "",
    "👋",
];

const PAYLOADS: [&str; 6] = [
    "null",
    r#"{"text":"xin chào 👋"}"#,
    r#"[ 1e400 , "\ud800" ]"#,
    r#""\u0000\n""#,
    "{\"a\":1,\"a\":2}",
    "0.10",
];

/// Plaintexts that are no messages.
const JUNK: [&[u8]; 5] = [b"", b"null", b"{}", b"\xff\xfe", br#"{"event":"e"}}"#];

const ROOMS: [&str; 3] = ["lobby", "a", "phòng"];

/// One direction of the connection.
#[derive(Default)]
struct Lane {
    frames: Vec<Frame>,
    /// Indices of the frames that were not handed over yet.
    queue: Vec<usize>,
    /// Frames that neither end sent, and that were handed over.
    inserted: Vec<Frame>,
}

impl Lane {
    fn extend(&mut self, frames: impl IntoIterator<Item = Frame>) {
        for frame in frames {
            self.queue.push(self.frames.len());
            self.frames.push(frame);
        }
    }

    fn take(&mut self, number: u8) -> Option<Frame> {
        let len = self.queue.len();
        let at = usize::from(number).checked_rem(len)?;
        Some(self.frames[self.queue.remove(at)].clone())
    }

    /// A frame that has left the queue.
    fn handed_over(&self, number: u8) -> Option<Frame> {
        let gone = (0..self.frames.len()).filter(|index| !self.queue.contains(index));
        let gone = gone.map(|index| &self.frames[index]);
        let gone: Vec<_> = gone.chain(&self.inserted).collect();
        let at = usize::from(number).checked_rem(gone.len())?;
        Some(gone[at].clone())
    }

    /// Any encrypted frame.
    fn sealed(&self, number: u8) -> Option<&str> {
        let sealed = self.frames.iter().filter_map(|frame| match frame {
            Frame::Sealed { text, .. } => Some(text.as_str()),
            Frame::Plain(_) => None,
        });
        let sealed: Vec<_> = sealed.collect();
        let at = usize::from(number).checked_rem(sealed.len())?;
        Some(sealed[at])
    }
}

/// A client, a server and what is between them.
pub(crate) struct World {
    pub(super) now: Instant,
    pub(super) client: ClientEnd,
    pub(super) server: ServerEnd,
    to_client: Lane,
    to_server: Lane,
    /// The key, for those who hold it, and how many vectors they have drawn.
    key: Option<SessionKey>,
    drawn: u64,
    messages: u64,
}

impl World {
    /// A connection that has just been upgraded.
    pub(crate) fn new() -> Self {
        let now = Instant::now();
        let (client, frames) = ClientEnd::new(MAX_SEEN_IVS, now);
        let mut to_server = Lane::default();
        to_server.extend(frames);
        Self {
            now,
            client,
            server: ServerEnd::new(MAX_SEEN_IVS, now),
            to_client: Lane::default(),
            to_server,
            key: None,
            drawn: 0,
            messages: 0,
        }
    }

    /// A connection whose ends have shaken hands.
    pub(crate) fn connected() -> Self {
        let mut world = Self::new();
        for step in [Step::Deliver(Side::Server), Step::Accept, Step::Deliver(Side::Client)] {
            world.play(step);
        }
        assert!(world.client.is_open() && world.server.is_open());
        world
    }

    pub(crate) fn play(&mut self, step: Step) {
        match step {
            Step::Deliver(side) => self.deliver(side, 0),
            Step::Overtake(side, number) => self.deliver(side, number),
            Step::Replay(side, number, spelling) => {
                if let Some(frame) = self.lane(side).handed_over(number) {
                    self.hand(side, &frame, spelling);
                }
            }
            Step::Reflect(side, number) => self.reflect(side, number),
            Step::Flip(side, number, at, bit) => self.damage(side, number, |bytes| {
                let at = usize::from(at) % bytes.len();
                bytes[at] ^= 1 << (bit % 7);
            }),
            Step::Truncate(side, number, at) => self.damage(side, number, |bytes| {
                bytes.truncate(usize::from(at) % bytes.len());
            }),
            Step::Inject(Side::Client, number) => {
                let text = TO_CLIENT[usize::from(number) % TO_CLIENT.len()];
                self.receive(Side::Client, text, Origin::Plain);
            }
            Step::Inject(Side::Server, number) => {
                let text = TO_SERVER[usize::from(number) % TO_SERVER.len()];
                self.receive(Side::Server, text, Origin::Plain);
            }
            Step::Insider(side, number, spelling) => {
                let message = self.message(number, None);
                self.insider(side, message.into_plaintext(), spelling);
            }
            Step::Junk(side, number) => {
                let junk = JUNK[usize::from(number) % JUNK.len()];
                self.insider(side, junk.to_vec(), Spelling::Canonical);
            }
            Step::Binary(Side::Client, number) => {
                let frames = self.client.receive_binary(&[number, 0xff], self.now);
                self.to_server.extend(frames);
            }
            Step::Binary(Side::Server, number) => {
                let frames = self.server.receive_binary(&[number, 0xff], self.now);
                self.to_client.extend(frames);
            }
            Step::Accept => {
                if let Some(accepted) = self.server.accept(self.now) {
                    self.client.expect_handshake(&accepted.connected, &accepted.key);
                    self.key = Some(accepted.key);
                    self.to_client.extend([Frame::Plain(accepted.connected)]);
                }
            }
            Step::Reject => {
                let frames = self.server.reject();
                self.to_client.extend(frames);
            }
            Step::ServerSend(number) => self.server_send(number, None),
            Step::Reply(number) => {
                let requests = self.client.requests();
                if let Some(at) = usize::from(number).checked_rem(requests.len()) {
                    let id = requests[at].to_string();
                    self.server_send(number, Some(&id));
                }
            }
            Step::Send(number) => {
                let message = self.message(number, None);
                let frames = self.client.send(message, self.now);
                self.to_server.extend(frames);
            }
            Step::Request(tenths) => {
                let deadline = self.now + Duration::from_millis(100) * u32::from(tenths);
                let frames = self.client.request("ask", deadline, self.now);
                self.to_server.extend(frames);
            }
            Step::Join(number) => {
                let room = ROOMS[usize::from(number) % ROOMS.len()];
                let frames = self.client.join(room, self.now);
                self.to_server.extend(frames);
            }
            Step::Leave(number) => {
                let room = ROOMS[usize::from(number) % ROOMS.len()];
                let frames = self.client.leave(room, self.now);
                self.to_server.extend(frames);
            }
            Step::Probe => self.client.probe(Duration::from_secs(1), self.now),
            Step::Reading(reading) => self.client.set_reading(reading, self.now),
            Step::Ping(Side::Client) => self.client.receive_ping(self.now),
            Step::Ping(Side::Server) => self.server.receive_ping(self.now),
            Step::Pong => self.client.receive_pong(self.now),
            Step::Wait(tens) => self.pass(self.now + Duration::from_millis(10) * u32::from(tens)),
            Step::Wake => {
                let wakes = [self.client.poll_timeout(), self.server.poll_timeout()];
                if let Some(wake) = wakes.into_iter().flatten().min() {
                    self.pass(wake.max(self.now));
                }
            }
            Step::Close(Side::Client) => self.client.close(),
            Step::Close(Side::Server) => self.server.close(),
        }
    }

    /// What is on its way to `side`.
    fn lane(&mut self, side: Side) -> &mut Lane {
        match side {
            Side::Client => &mut self.to_client,
            Side::Server => &mut self.to_server,
        }
    }

    fn deliver(&mut self, side: Side, number: u8) {
        if let Some(frame) = self.lane(side).take(number) {
            self.hand(side, &frame, Spelling::Canonical);
        }
    }

    /// Hands a frame to the end that it is for.
    fn hand(&mut self, side: Side, frame: &Frame, spelling: Spelling) {
        match frame {
            Frame::Plain(text) => self.receive(side, text, Origin::Plain),
            Frame::Sealed { text, message } => {
                let origin = Origin::Sealed { canonical: text, message: message.as_ref() };
                self.receive(side, &spelling.apply(text), origin);
            }
        }
    }

    pub(super) fn receive(&mut self, side: Side, text: &str, origin: Origin<'_>) {
        match side {
            Side::Client => {
                let frames = self.client.receive(text, origin, self.now);
                self.to_server.extend(frames);
            }
            Side::Server => {
                let frames = self.server.receive(text, origin, self.now);
                self.to_client.extend(frames);
            }
        }
    }

    fn reflect(&mut self, side: Side, number: u8) {
        let lane = match side {
            Side::Client => &self.to_server,
            Side::Server => &self.to_client,
        };
        let Some(at) = usize::from(number).checked_rem(lane.frames.len()) else {
            return;
        };
        let text = lane.frames[at].text().to_owned();
        let sealed = event_of(&text).as_deref() == Some("encrypted");
        let origin = if sealed { Origin::Reflected } else { Origin::Plain };
        self.receive(side, &text, origin);
    }

    fn damage(&mut self, side: Side, number: u8, how: impl FnOnce(&mut Vec<u8>)) {
        if let Some(text) = self.lane(side).sealed(number) {
            let mut bytes = text.as_bytes().to_vec();
            how(&mut bytes);
            let text = String::from_utf8(bytes).unwrap();
            self.receive(side, &text, Origin::Damaged);
        }
    }

    /// Encrypts with the key and a vector that nobody has used.
    pub(super) fn seal(&mut self, plaintext: Vec<u8>) -> Option<String> {
        self.drawn += 1;
        let prefix = (self.drawn << 8).to_be_bytes();
        let mut cipher = SessionCipher::new(self.key.as_ref()?, prefix, 0);
        Some(cipher.seal_in_place(plaintext).unwrap())
    }

    fn insider(&mut self, side: Side, plaintext: Vec<u8>, spelling: Spelling) {
        let message =
            String::from_utf8(plaintext.clone()).ok().and_then(|text| Message::parse(text).ok());
        if let Some(text) = self.seal(plaintext) {
            assert!(EncryptedFrame::parse(&text).is_some());
            let frame = Frame::Sealed { text, message };
            self.hand(side, &frame, spelling);
            self.lane(side).inserted.push(frame);
        }
    }

    fn server_send(&mut self, number: u8, id: Option<&str>) {
        let message = self.message(number, id);
        let frame = self.server.send(&message);
        self.to_client.extend(frame);
    }

    /// A message that differs from all others.
    fn message(&mut self, number: u8, id: Option<&str>) -> Outgoing {
        self.messages += 1;
        let payload = PAYLOADS[usize::from(number) % PAYLOADS.len()].to_owned();
        let event = format!("m{}", self.messages);
        Outgoing::new(&event, &RawValue::from_string(payload).unwrap(), id).unwrap()
    }

    fn pass(&mut self, until: Instant) {
        self.now = until;
        let frames = self.client.handle_timeout(until);
        self.to_server.extend(frames);
        self.server.handle_timeout(until);
    }
}

//! The server, and the model of what it may do.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use aldis_protocol::cipher::{EncryptedFrame, SessionCipher};
use aldis_protocol::drops::{DropCounts, DropReason};
use aldis_protocol::handshake::{KeyPair, PublicKey, Salt, SessionKey};
use aldis_protocol::server::{Acceptance, Event, ServerConfig};
use aldis_protocol::{CloseCode, Inbound, Message, Outgoing, RoomName, ServerSession, Transmit};

use super::ivs::SeenIvs;
use super::wire::{Frame, Origin, event_of, rooms_of};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Waiting,
    Authenticating,
    Open,
    Ended,
}

/// What must come of a received text.
enum Outcome<'a> {
    Nothing,
    Delivered(&'a Message),
    Asked,
    Joined(Vec<String>),
    Left(Vec<String>),
    /// Dropped without a word.
    Dropped(DropReason),
    /// Dropped, and the client told so.
    Answered(DropReason),
    /// The client is told that it asks for the impossible.
    Scolded,
    /// Dropped for any reason, or the end.
    Refused,
    Rejected,
    /// Anything but a delivery.
    NotDelivered,
    /// A delivery of just this, or dropped as malformed.
    DeliveredIfMessage(&'a [u8]),
}

const SALT: Salt = [9; 32];

/// The server's key pair. It is made once, as it costs more than all else in a short run.
fn keys() -> &'static KeyPair {
    static KEYS: OnceLock<KeyPair> = OnceLock::new();
    KEYS.get_or_init(|| KeyPair::from_secret_bytes(&[7; 32]).unwrap())
}

/// The key of every session: the client draws the same pair each time.
fn session_key(client: &PublicKey, info: &str) -> SessionKey {
    static KEY: OnceLock<(PublicKey, SessionKey)> = OnceLock::new();
    let (known, key) = KEY.get_or_init(|| (*client, keys().agree(client, &SALT, info)));
    assert_eq!(known, client);
    key.clone()
}

pub(crate) struct ServerEnd {
    session: ServerSession,
    config: Arc<ServerConfig>,
    phase: Phase,
    client_key: Option<PublicKey>,
    /// Reads what the server sends.
    reader: Option<SessionCipher>,
    seen: SeenIvs,
    last_message: Instant,
    drops: DropCounts,
    /// Whether `connected` was sent.
    welcomed: bool,
}

/// What accepting a client led to.
pub(crate) struct Accepted {
    pub(crate) connected: String,
    pub(crate) key: SessionKey,
}

impl ServerEnd {
    pub(crate) fn new(max_seen_ivs: usize, now: Instant) -> Self {
        let config = Arc::new(ServerConfig { max_seen_ivs, ..ServerConfig::default() });
        Self {
            session: ServerSession::new(Arc::clone(&config), now),
            config,
            phase: Phase::Waiting,
            client_key: None,
            reader: None,
            seen: SeenIvs::default(),
            last_message: now,
            drops: DropCounts::default(),
            welcomed: false,
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.phase == Phase::Open
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.session.poll_timeout()
    }

    pub(crate) fn receive(&mut self, text: &str, origin: Origin<'_>, now: Instant) -> Vec<Frame> {
        let outcome = self.predict(text, origin);
        self.last_message = now;
        self.session.handle_frame(Inbound::Text(text), now);
        if matches!(outcome, Outcome::Asked) {
            self.client_key = public_key_of(text);
        }
        self.settle(&outcome)
    }

    /// A binary frame is read as text.
    pub(crate) fn receive_binary(&mut self, bytes: &[u8], now: Instant) -> Vec<Frame> {
        let outcome = match std::str::from_utf8(bytes) {
            Ok(text) => {
                self.last_message = now;
                self.predict(text, Origin::Plain)
            }
            Err(_) if self.phase == Phase::Ended => Outcome::Nothing,
            Err(_) => Outcome::Answered(DropReason::Malformed),
        };
        self.session.handle_frame(Inbound::Binary(bytes), now);
        self.settle(&outcome)
    }

    pub(crate) fn receive_ping(&mut self, now: Instant) {
        self.session.handle_frame(Inbound::Ping, now);
        self.settle(&Outcome::Nothing);
    }

    fn predict<'a>(&mut self, text: &str, origin: Origin<'a>) -> Outcome<'a> {
        let event = event_of(text);
        match (self.phase, origin, event.as_deref()) {
            (Phase::Ended, ..) => Outcome::Nothing,
            (_, Origin::Foreign, _) => Outcome::NotDelivered,
            (Phase::Waiting | Phase::Authenticating, Origin::Damaged, _) => Outcome::Refused,
            (_, Origin::Plain, None) => Outcome::Answered(DropReason::Malformed),
            (_, Origin::Plain, Some("heartbeat")) => Outcome::Nothing,
            (Phase::Waiting, Origin::Plain, Some("authenticate")) => {
                if public_key_of(text).is_some() { Outcome::Asked } else { Outcome::Rejected }
            }
            (_, Origin::Plain, Some("authenticate")) => Outcome::Scolded,
            (Phase::Waiting | Phase::Authenticating, ..) => {
                Outcome::Answered(DropReason::BeforeConnected)
            }
            (Phase::Open, Origin::Plain, Some("join")) => Outcome::Joined(rooms_of(text)),
            (Phase::Open, Origin::Plain, Some("leave")) => Outcome::Left(rooms_of(text)),
            (Phase::Open, Origin::Plain, Some(_)) => Outcome::Answered(DropReason::Plaintext),
            (Phase::Open, Origin::Reflected, _) => Outcome::Dropped(DropReason::Reflected),
            (Phase::Open, Origin::Damaged, _) => Outcome::Refused,
            (Phase::Open, Origin::Opaque { plaintext }, _) => {
                assert!(self.seen.insert(text));
                Outcome::DeliveredIfMessage(plaintext)
            }
            (Phase::Open, Origin::Sealed { canonical, message }, _) => {
                if !self.seen.insert(canonical) {
                    Outcome::Dropped(DropReason::Replayed)
                } else if let Some(message) = message {
                    Outcome::Delivered(message)
                } else {
                    Outcome::Answered(DropReason::Malformed)
                }
            }
        }
    }

    /// Takes everything out of the session and compares it with the outcome.
    fn settle(&mut self, outcome: &Outcome<'_>) -> Vec<Frame> {
        let (events, frames) = self.drain();
        match (outcome, &*events) {
            (Outcome::Nothing, []) => assert!(frames.is_empty()),
            (Outcome::Delivered(expected), [Event::Message(message), rest @ ..]) => {
                assert_eq!(message, *expected);
                assert!(frames.is_empty());
                self.check_rekey(rest);
            }
            (Outcome::Asked, [Event::Authenticate { token }]) => {
                assert_eq!(token.as_str(), "token");
                self.phase = Phase::Authenticating;
            }
            (Outcome::Joined(named), [Event::Join { rooms, .. }])
            | (Outcome::Left(named), [Event::Leave { rooms }]) => {
                assert!(rooms.iter().map(RoomName::as_str).eq(named));
                assert!(frames.is_empty());
            }
            (Outcome::Dropped(reason), rest) => {
                self.drops.count(*reason);
                assert!(frames.is_empty());
                self.check_rekey(rest);
            }
            (Outcome::Answered(reason), rest) => {
                self.drops.count(*reason);
                assert_eq!(frames.len(), 1);
                self.check_rekey(rest);
            }
            (Outcome::Scolded, []) => assert_eq!(frames.len(), 1),
            (Outcome::Rejected, [Event::Ended(code)]) => {
                assert_eq!((*code, frames.len()), (CloseCode::AUTHENTICATION_FAILED, 1));
            }
            (
                Outcome::Refused | Outcome::NotDelivered,
                [Event::Ended(CloseCode::POLICY_VIOLATION)],
            ) => {}
            (
                Outcome::NotDelivered,
                [Event::Ended(CloseCode::AUTHENTICATION_FAILED)]
                | [Event::Authenticate { .. } | Event::Join { .. } | Event::Leave { .. }],
            ) => {}
            (Outcome::Refused | Outcome::NotDelivered, []) => {
                let [before, after] = [self.drops, self.session.drops()];
                let said = after.total() - before.total() == 1 || frames.len() == 1;
                // A foreign text may be a heartbeat, which needs no answer.
                assert!(said || (matches!(outcome, Outcome::NotDelivered) && frames.is_empty()));
                self.drops = after;
            }
            (Outcome::DeliveredIfMessage(plaintext), [Event::Message(message), rest @ ..]) => {
                let text = String::from_utf8(plaintext.to_vec()).unwrap();
                assert_eq!(message, &Message::parse(text).unwrap());
                self.check_rekey(rest);
            }
            (Outcome::DeliveredIfMessage(_), rest) => {
                self.drops.count(DropReason::Malformed);
                self.check_rekey(rest);
            }
            (_, events) => panic!("unexpected {events:?}"),
        }
        assert_eq!(self.session.drops(), self.drops, "dropped but not counted");
        frames
    }

    fn check_rekey(&self, rest: &[Event]) {
        let due = self.seen.stored() >= self.config.max_seen_ivs;
        match rest {
            [] => assert!(!due, "the memory of vectors is full"),
            [Event::Ended(CloseCode::TRY_AGAIN_LATER)] => assert!(due),
            rest => panic!("unexpected {rest:?}"),
        }
    }

    /// Lets the client in, if one asks.
    pub(crate) fn accept(&mut self, now: Instant) -> Option<Accepted> {
        let acceptance = Acceptance {
            client_id: "client",
            user_id: Some("user"),
            time: "2026-01-01T00:00:00.000Z",
            keys: keys(),
            salt: SALT,
            iv_prefix: *b"a server",
        };
        let opened = self.session.accept(&acceptance, now);
        assert_eq!(opened, self.phase == Phase::Authenticating);
        if !opened {
            self.settle(&Outcome::Nothing);
            return None;
        }
        let key = session_key(&self.client_key.unwrap(), &self.config.info);
        self.reader = Some(SessionCipher::new(&key, *b"observer", usize::MAX));
        self.phase = Phase::Open;
        self.last_message = now;
        let (events, frames) = self.drain();
        let [Frame::Plain(connected)] = &*frames else { panic!("no `connected`") };
        assert!(events.is_empty());
        let connected = connected.clone();
        Some(Accepted { connected, key })
    }

    pub(crate) fn reject(&mut self) -> Vec<Frame> {
        let was = self.phase;
        self.session.reject("no");
        let (events, frames) = self.drain();
        let expected = usize::from(was != Phase::Ended);
        assert_eq!((events.len(), frames.len()), (expected, expected));
        frames
    }

    pub(crate) fn close(&mut self) {
        let was = self.phase;
        self.session.close(CloseCode::GOING_AWAY, "bye");
        let (events, frames) = self.drain();
        assert_eq!(events.len(), usize::from(was != Phase::Ended));
        assert!(frames.is_empty());
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        let was = self.phase;
        let due = match was {
            Phase::Open => Some(self.last_message + self.config.heartbeat_timeout),
            _ => self.session.poll_timeout(),
        };
        assert_eq!(self.session.poll_timeout(), due);
        self.session.handle_timeout(now);
        let (events, frames) = self.drain();
        assert!(frames.is_empty());
        if due.is_some_and(|due| due <= now) {
            let code = match was {
                Phase::Open => CloseCode::HEARTBEAT_TIMEOUT,
                _ => CloseCode::AUTHENTICATION_TIMEOUT,
            };
            assert!(matches!(&*events, [Event::Ended(ended)] if *ended == code));
        } else {
            assert!(events.is_empty());
        }
    }

    /// Sends a message; `None` unless the session is open.
    pub(crate) fn send(&mut self, message: &Outgoing) -> Option<Frame> {
        let text = self.session.seal(message.plaintext(), &mut Vec::new());
        assert_eq!(text.is_some(), self.phase == Phase::Open);
        let frame = self.check_text(text?.unwrap());
        let Frame::Sealed { message: Some(sent), .. } = &frame else { panic!("not encrypted") };
        let plaintext = String::from_utf8(message.plaintext().to_vec()).unwrap();
        assert_eq!(sent, &Message::parse(plaintext).unwrap());
        self.settle(&Outcome::Nothing);
        Some(frame)
    }

    /// Takes everything out of the session and checks what may come in which phase.
    fn drain(&mut self) -> (Vec<Event>, Vec<Frame>) {
        let was = self.phase;
        let events: Vec<_> = std::iter::from_fn(|| self.session.poll_event()).collect();
        for event in &events {
            assert_ne!(self.phase, Phase::Ended, "something behind the end");
            match event {
                Event::Ended(_) => self.phase = Phase::Ended,
                Event::Authenticate { .. } => assert_eq!(self.phase, Phase::Waiting),
                _ => assert_eq!(self.phase, Phase::Open, "delivered outside a session"),
            }
        }
        let mut frames = Vec::new();
        let mut closed = false;
        while let Some(transmit) = self.session.poll_transmit() {
            assert!(was != Phase::Ended && !closed, "something behind the close frame");
            match transmit {
                Transmit::Text(text) => frames.push(self.check_text(text)),
                Transmit::Ping(_) => panic!("pings are for the transport"),
                Transmit::Close { .. } => closed = true,
            }
        }
        let ended = was != Phase::Ended && self.phase == Phase::Ended;
        assert_eq!(closed, ended, "an end has one close frame");
        (events, frames)
    }

    fn check_text(&mut self, text: String) -> Frame {
        let event = event_of(&text).unwrap();
        match (event.as_str(), &mut self.reader) {
            ("error", None) => Frame::Plain(text),
            ("connected", Some(_)) if !self.welcomed => {
                self.welcomed = true;
                Frame::Plain(text)
            }
            ("encrypted", Some(reader)) => {
                let opened = reader.open(&EncryptedFrame::parse(&text).unwrap()).unwrap();
                let message = Message::parse(String::from_utf8(opened).unwrap()).unwrap();
                let message = Some(message);
                Frame::Sealed { text, message }
            }
            (event, _) => panic!("the server sent {event} in plaintext"),
        }
    }
}

/// The key that an `authenticate` offers.
fn public_key_of(text: &str) -> Option<PublicKey> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    let data = value.get("data")?;
    data.get("token")?.as_str()?;
    PublicKey::from_base64(data.get("clientPublicKey")?.as_str()?).ok()
}

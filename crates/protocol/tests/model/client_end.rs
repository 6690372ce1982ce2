//! The client, and the model of what it may do.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use aldis_protocol::cipher::{EncryptedFrame, SessionCipher};
use aldis_protocol::client::{ClientConfig, EndReason, Event, RequestId, SendError};
use aldis_protocol::drops::{DropCounts, DropReason};
use aldis_protocol::handshake::SessionKey;
use aldis_protocol::{ClientSession, Inbound, Message, Outgoing, RoomName, Transmit};
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::ivs::SeenIvs;
use super::rooms::RoomLedger;
use super::wire::{Frame, Origin, event_of, rooms_of};

/// Room that is joined as soon as the session is open.
const FIRST_ROOM: &str = "lobby";

/// Errors that are told before the session is open; later ones are dropped.
const ERRORS_TOLD: usize = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Authenticating,
    Open,
    Ended,
}

/// What must come of a received text.
enum Outcome<'a> {
    Nothing,
    Delivered(&'a Message),
    Dropped(DropReason),
    /// Dropped for any reason, or the end.
    Refused,
    Opened,
    ServerError,
    EndedByHandshake,
    /// Anything but a delivery.
    NotDelivered,
    /// A delivery of just this, or dropped as malformed.
    DeliveredIfMessage(&'a [u8]),
}

pub(crate) struct ClientEnd {
    session: ClientSession,
    config: Arc<ClientConfig>,
    phase: Phase,
    deadline: Instant,
    /// The one `connected` that opens the session, and a reader of what the client then sends.
    handshake: Option<(String, SessionCipher)>,
    authenticated: bool,
    seen: SeenIvs,
    drops: DropCounts,
    errors_told: usize,
    /// Messages given to the session that it has not sent yet.
    to_send: VecDeque<Message>,
    pending: BTreeMap<RequestId, Instant>,
    requests: Vec<RequestId>,
    pings: Vec<([u8; 8], Instant)>,
    patience: Duration,
    reading: bool,
    rooms: RoomLedger,
}

impl ClientEnd {
    /// A client on a fresh connection, and what it sends at once.
    pub(crate) fn new(max_seen_ivs: usize, now: Instant) -> (Self, Vec<Frame>) {
        let config = Arc::new(ClientConfig {
            max_pending_requests: 4,
            max_seen_ivs,
            ..ClientConfig::default()
        });
        let mut rng = StdRng::seed_from_u64(1);
        let rooms = vec![RoomName::new(FIRST_ROOM).unwrap()];
        let session =
            ClientSession::new(Arc::clone(&config), "token", rooms, &mut rng, now).unwrap();
        let mut end = Self {
            session,
            phase: Phase::Authenticating,
            deadline: now + config.authentication_timeout,
            handshake: None,
            authenticated: false,
            seen: SeenIvs::default(),
            drops: DropCounts::default(),
            errors_told: 0,
            to_send: VecDeque::new(),
            pending: BTreeMap::new(),
            requests: Vec::new(),
            pings: Vec::new(),
            patience: config.pong_timeout,
            reading: true,
            rooms: RoomLedger::new(config.join_settle),
            config,
        };
        let (events, frames) = end.drain(now);
        assert!(events.is_empty() && frames.len() == 1);
        (end, frames)
    }

    /// Tells the model which `connected` is the server's, and the key that both then have.
    pub(crate) fn expect_handshake(&mut self, connected: &str, key: &SessionKey) {
        let reader = SessionCipher::new(key, *b"observer", usize::MAX);
        self.handshake = Some((connected.to_owned(), reader));
    }

    pub(crate) fn is_open(&self) -> bool {
        self.phase == Phase::Open
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.session.poll_timeout()
    }

    /// Requests that were ever sent, for replies to them.
    pub(crate) fn requests(&self) -> &[RequestId] {
        &self.requests
    }

    pub(crate) fn receive(&mut self, text: &str, origin: Origin<'_>, now: Instant) -> Vec<Frame> {
        let outcome = self.predict(text, origin);
        self.session.handle_frame(Inbound::Text(text), now);
        let (events, frames) = self.drain(now);
        self.check(&outcome, &events);
        assert_eq!(self.session.drops(), self.drops, "dropped but not counted");
        frames
    }

    fn predict<'a>(&mut self, text: &str, origin: Origin<'a>) -> Outcome<'a> {
        match (self.phase, origin) {
            (Phase::Ended, _) => Outcome::Nothing,
            (_, Origin::Foreign) => Outcome::NotDelivered,
            (Phase::Authenticating, Origin::Damaged) => Outcome::Refused,
            (Phase::Authenticating, Origin::Plain) => match event_of(text).as_deref() {
                None => Outcome::Dropped(DropReason::Malformed),
                Some("error") if self.errors_told < ERRORS_TOLD => Outcome::ServerError,
                Some("connected") if self.is_honest(text) => Outcome::Opened,
                Some("connected") => Outcome::EndedByHandshake,
                Some(_) => Outcome::Dropped(DropReason::BeforeConnected),
            },
            (Phase::Authenticating, _) => Outcome::Dropped(DropReason::BeforeConnected),
            (Phase::Open, Origin::Sealed { canonical, message }) => {
                if !self.seen.insert(canonical) {
                    Outcome::Dropped(DropReason::Replayed)
                } else if let Some(message) = message {
                    Outcome::Delivered(message)
                } else {
                    Outcome::Dropped(DropReason::Malformed)
                }
            }
            (Phase::Open, Origin::Opaque { plaintext }) => {
                assert!(self.seen.insert(text));
                Outcome::DeliveredIfMessage(plaintext)
            }
            (Phase::Open, Origin::Reflected) => Outcome::Dropped(DropReason::Reflected),
            (Phase::Open, Origin::Damaged) => Outcome::Refused,
            (Phase::Open, Origin::Plain) => match event_of(text) {
                None => Outcome::Dropped(DropReason::Malformed),
                Some(_) => Outcome::Dropped(DropReason::Plaintext),
            },
        }
    }

    fn is_honest(&self, connected: &str) -> bool {
        let honest = self.handshake.as_ref().map(|(text, _)| text.as_str());
        honest == Some(connected)
    }

    fn check(&mut self, outcome: &Outcome<'_>, events: &[Event]) {
        let is_error = |event: &&Event| matches!(event, Event::ServerError { .. });
        self.errors_told += events.iter().filter(is_error).count();
        match (outcome, events) {
            (Outcome::Nothing, [])
            | (Outcome::Opened, [Event::Authenticated(_)])
            | (Outcome::ServerError, [Event::ServerError { .. }])
            | (
                Outcome::EndedByHandshake,
                [Event::Ended(EndReason::InvalidHandshake | EndReason::EncryptionMissing)],
            )
            | (
                Outcome::Refused | Outcome::NotDelivered,
                [Event::Ended(EndReason::Undecryptable)],
            )
            | (
                Outcome::NotDelivered,
                [Event::Authenticated(_) | Event::ServerError { .. }]
                | [Event::Ended(EndReason::InvalidHandshake | EndReason::EncryptionMissing)],
            ) => {}
            (Outcome::Delivered(expected), [event, rest @ ..]) => {
                self.check_delivery(expected, event);
                self.check_rekey(rest);
            }
            (Outcome::Dropped(reason), events) => self.check_drop(*reason, events),
            (Outcome::Refused | Outcome::NotDelivered, events) => {
                let [before, after] = [self.drops, self.session.drops()];
                assert_eq!(after.total(), before.total() + 1, "neither dropped nor ended");
                assert!(matches!(events, [] | [Event::Dropped(_)]), "{events:?}");
                self.drops = after;
            }
            (Outcome::DeliveredIfMessage(plaintext), events) => {
                if let [event @ (Event::Message(_) | Event::Reply { .. }), rest @ ..] = events {
                    let text = String::from_utf8(plaintext.to_vec()).unwrap();
                    self.check_delivery(&Message::parse(text).unwrap(), event);
                    self.check_rekey(rest);
                } else {
                    self.check_drop(DropReason::Malformed, events);
                }
            }
            (_, events) => panic!("unexpected {events:?}"),
        }
    }

    fn check_delivery(&mut self, expected: &Message, event: &Event) {
        let id = expected.id().unwrap_or_default();
        match (self.pending.remove(id).is_some(), event) {
            (false, Event::Message(message)) => assert_eq!(message, expected),
            (true, Event::Reply { request, message }) => {
                assert_eq!((&**request, message), (id, expected));
            }
            (_, event) => panic!("not delivered as it should be: {event:?}"),
        }
    }

    fn check_drop(&mut self, reason: DropReason, events: &[Event]) {
        let first = self.drops.count(reason) == 1;
        let rest = match events {
            [Event::Dropped(reported), rest @ ..] if first => {
                assert_eq!(*reported, reason);
                rest
            }
            events => {
                assert!(!first, "the first drop of its kind is not reported");
                events
            }
        };
        self.check_rekey(rest);
    }

    fn check_rekey(&self, rest: &[Event]) {
        let due = self.seen.stored() >= self.config.max_seen_ivs;
        match rest {
            [] => assert!(!due, "the memory of vectors is full"),
            [Event::Ended(EndReason::RekeyNeeded)] => assert!(due),
            rest => panic!("unexpected {rest:?}"),
        }
    }

    pub(crate) fn receive_binary(&mut self, bytes: &[u8], now: Instant) -> Vec<Frame> {
        let outcome = match self.phase {
            Phase::Ended => Outcome::Nothing,
            _ => Outcome::Dropped(DropReason::Binary),
        };
        self.session.handle_frame(Inbound::Binary(bytes), now);
        let (events, frames) = self.drain(now);
        self.check(&outcome, &events);
        assert_eq!(self.session.drops(), self.drops);
        frames
    }

    pub(crate) fn receive_ping(&mut self, now: Instant) {
        self.session.handle_frame(Inbound::Ping, now);
        self.expect_silence(now);
    }

    /// The answer to the client's latest ping comes.
    pub(crate) fn receive_pong(&mut self, now: Instant) {
        if let Some((payload, _)) = self.pings.last() {
            self.session.handle_frame(Inbound::Pong(payload), now);
            self.pings.clear();
            self.expect_silence(now);
        }
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant) -> Vec<Frame> {
        let was = self.phase;
        self.session.handle_timeout(now);
        let (events, frames) = self.drain(now);
        if let [Event::Ended(reason)] = &*events {
            match reason {
                EndReason::AuthenticationTimeout => {
                    assert!(was == Phase::Authenticating && now >= self.deadline);
                }
                EndReason::PongTimeout => {
                    let (_, oldest) = self.pings.first().unwrap();
                    assert!(was == Phase::Open && self.reading && now >= *oldest + self.patience);
                }
                reason => panic!("{reason} is no matter of time"),
            }
            return frames;
        }
        for event in events {
            let Event::RequestTimedOut { request } = event else { panic!("unexpected {event:?}") };
            let deadline = self.pending.remove(&request);
            assert!(deadline.is_some_and(|deadline| deadline <= now));
        }
        if was == Phase::Open {
            assert!(self.pending.values().all(|deadline| *deadline > now));
            self.rooms.check(now);
        }
        let next = self.session.poll_timeout();
        assert!(next.is_none_or(|next| next > now), "a driver would spin");
        assert_eq!(next.is_none(), self.phase == Phase::Ended);
        frames
    }

    pub(crate) fn send(&mut self, message: Outgoing, now: Instant) -> Vec<Frame> {
        let expected = message_of(&message);
        let sent = self.session.send(message);
        self.check_sent(expected, sent, now)
    }

    /// Sends a request with an id of its own.
    pub(crate) fn request(&mut self, name: &str, deadline: Instant, now: Instant) -> Vec<Frame> {
        let id: RequestId = format!("r{}", self.requests.len()).into();
        let message = Outgoing::new(name, "?", Some(&id)).unwrap();
        let expected = message_of(&message);
        let sent = self.session.request(message, Arc::clone(&id), deadline);
        let full = self.pending.len() >= self.config.max_pending_requests;
        if let Err(SendError::TooManyRequests { limit }) = sent {
            assert_eq!((full, limit), (true, self.config.max_pending_requests));
            self.expect_silence(now);
            return Vec::new();
        }
        assert!(!full || self.phase != Phase::Open);
        if sent.is_ok() {
            self.pending.insert(Arc::clone(&id), deadline);
            self.requests.push(id);
        }
        self.check_sent(expected, sent, now)
    }

    fn check_sent(
        &mut self,
        expected: Message,
        sent: Result<(), SendError>,
        now: Instant,
    ) -> Vec<Frame> {
        match sent {
            Ok(()) => {
                assert_eq!(self.phase, Phase::Open);
                self.to_send.push_back(expected);
            }
            Err(SendError::NotOpen) => assert_ne!(self.phase, Phase::Open),
            Err(error) => panic!("{error}"),
        }
        let (events, frames) = self.drain(now);
        assert!(events.is_empty() && self.to_send.is_empty());
        frames
    }

    pub(crate) fn join(&mut self, room: &str, now: Instant) -> Vec<Frame> {
        let joined = self.session.join(&[RoomName::new(room).unwrap()], now);
        assert_eq!(joined.is_ok(), self.phase == Phase::Open);
        if joined.is_ok() {
            self.rooms.want_join(room, now);
        }
        self.drain_rooms(now)
    }

    pub(crate) fn leave(&mut self, room: &str, now: Instant) -> Vec<Frame> {
        let left = self.session.leave(&[RoomName::new(room).unwrap()], now);
        assert_eq!(left.is_ok(), self.phase == Phase::Open);
        if left.is_ok() {
            self.rooms.want_leave(room);
        }
        self.drain_rooms(now)
    }

    fn drain_rooms(&mut self, now: Instant) -> Vec<Frame> {
        let (events, frames) = self.drain(now);
        assert!(events.is_empty());
        if self.phase == Phase::Open {
            self.rooms.check(now);
        }
        frames
    }

    pub(crate) fn probe(&mut self, deadline: Duration, now: Instant) {
        if self.phase == Phase::Open {
            self.patience = self.patience.min(deadline);
        }
        self.session.probe(deadline, now);
        self.expect_silence(now);
    }

    pub(crate) fn set_reading(&mut self, reading: bool, now: Instant) {
        self.reading = reading;
        self.session.set_reading(reading, now);
        self.expect_silence(now);
    }

    pub(crate) fn close(&mut self) {
        let closes = usize::from(self.phase != Phase::Ended);
        self.phase = Phase::Ended;
        self.session.close();
        let sent: Vec<_> = std::iter::from_fn(|| self.session.poll_transmit()).collect();
        assert!(sent.len() == closes && self.session.poll_event().is_none());
        assert!(sent.iter().all(|sent| matches!(sent, Transmit::Close { .. })));
    }

    fn expect_silence(&mut self, now: Instant) {
        let (events, frames) = self.drain(now);
        assert!(events.is_empty() && frames.is_empty());
    }

    /// Takes everything out of the session and checks what may come in which phase.
    fn drain(&mut self, now: Instant) -> (Vec<Event>, Vec<Frame>) {
        let was = self.phase;
        let events: Vec<_> = std::iter::from_fn(|| self.session.poll_event()).collect();
        for event in &events {
            match event {
                Event::Authenticated(welcome) => {
                    assert!(self.phase == Phase::Authenticating && welcome.encrypted);
                    self.phase = Phase::Open;
                    self.rooms.want_join(FIRST_ROOM, now);
                }
                Event::Message(_) | Event::Reply { .. } | Event::RequestTimedOut { .. } => {
                    assert_eq!(self.phase, Phase::Open, "delivered outside a session");
                }
                Event::Ended(_) => {
                    assert_ne!(self.phase, Phase::Ended, "ended twice");
                    self.phase = Phase::Ended;
                }
                _ => assert_ne!(self.phase, Phase::Ended, "something behind the end"),
            }
        }
        let mut frames = Vec::new();
        let mut closed = false;
        while let Some(transmit) = self.session.poll_transmit() {
            assert!(!closed, "something behind the close frame");
            match transmit {
                Transmit::Text(text) => frames.push(self.check_text(text, was, now)),
                Transmit::Ping(payload) => {
                    assert_eq!(self.phase, Phase::Open);
                    self.pings.push((payload, now));
                }
                Transmit::Close { .. } => closed = true,
            }
        }
        let ended = was != Phase::Ended && self.phase == Phase::Ended;
        assert_eq!(closed, ended, "an end has one close frame");
        assert_eq!(self.session.is_open(), self.phase == Phase::Open);
        (events, frames)
    }

    fn check_text(&mut self, text: String, was: Phase, now: Instant) -> Frame {
        let event = event_of(&text).unwrap();
        if event == "authenticate" {
            assert!(!self.authenticated && was == Phase::Authenticating);
            self.authenticated = true;
            return Frame::Plain(text);
        }
        assert!(
            was == Phase::Open || self.phase == Phase::Open,
            "sent before `connected`: {event}"
        );
        match event.as_str() {
            "heartbeat" => assert_eq!(text, r#"{"event":"heartbeat"}"#),
            "join" => rooms_of(&text).iter().for_each(|room| self.rooms.told_join(room)),
            "leave" => rooms_of(&text).iter().for_each(|room| self.rooms.told_leave(room, now)),
            "encrypted" => {
                let (_, reader) = self.handshake.as_mut().unwrap();
                let opened = reader.open(&EncryptedFrame::parse(&text).unwrap()).unwrap();
                let message = Message::parse(String::from_utf8(opened).unwrap()).unwrap();
                assert_eq!(Some(&message), self.to_send.pop_front().as_ref());
                let message = Some(message);
                return Frame::Sealed { text, message };
            }
            event => panic!("the client sent {event} in plaintext"),
        }
        Frame::Plain(text)
    }
}

fn message_of(message: &Outgoing) -> Message {
    Message::parse(String::from_utf8(message.plaintext().to_vec()).unwrap()).unwrap()
}

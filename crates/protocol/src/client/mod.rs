//! The client's side of one connection.

mod config;
mod event;
mod liveness;
mod requests;
mod rooms;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rand_core::CryptoRng;
use serde_json::value::RawValue;

pub use config::ClientConfig;
pub use event::{EndReason, Event, Welcome};
pub use requests::RequestId;

use crate::cipher::{EncryptedFrame, OpenError, SealError, SessionCipher};
use crate::close::CloseCode;
use crate::control::{self, ConnectedData};
use crate::drops::{DropCounts, DropReason};
use crate::envelope::{self, Envelope, Message, event as name};
use crate::handshake::{KeyPair, PublicKey, salt_from_base64};
use crate::outgoing::{Outgoing, OutgoingError};
use crate::room::RoomName;
use crate::transmit::{Inbound, Transmit};
use liveness::{Due, Liveness};
use requests::Requests;
use rooms::Rooms;

/// The state machine of one connection, from the upgrade to its end.
///
/// It does no I/O. A driver hands it what arrives ([`handle_frame`](Self::handle_frame)) and the
/// time ([`handle_timeout`](Self::handle_timeout)), and takes out what is to be sent
/// ([`poll_transmit`](Self::poll_transmit)), what happened ([`poll_event`](Self::poll_event)) and
/// when to call again ([`poll_timeout`](Self::poll_timeout)). After any call, drain transmits and
/// events.
///
/// Whatever the peer says, three things hold: nothing but `authenticate` is sent before
/// `connected`; no plaintext event is delivered in an encrypted session; no frame is delivered
/// twice or back to its sender.
#[derive(Debug)]
pub struct ClientSession {
    config: Arc<ClientConfig>,
    phase: Phase,
    liveness: Liveness,
    rooms: Rooms,
    requests: Requests,
    drops: DropCounts,
    server_errors: u32,
    transmits: VecDeque<Transmit>,
    events: VecDeque<Event>,
}

#[derive(Debug)]
enum Phase {
    Authenticating { keys: KeyPair, iv_prefix: [u8; 8], rooms: Vec<RoomName>, deadline: Instant },
    Open(Channel),
    Ended,
}

/// Errors of the server that are told before the session is open. An honest server has one or two
/// to tell; what is beyond is dropped and counted.
const MAX_SERVER_ERRORS: u32 = 16;

/// How messages travel in an open session.
#[derive(Debug)]
enum Channel {
    Encrypted(Box<SessionCipher>),
    Plaintext,
}

impl ClientSession {
    /// Starts the session of a connection that has just been upgraded: draws new keys and sends
    /// `authenticate`. `rooms` are joined as soon as the session is open.
    pub fn new(
        config: Arc<ClientConfig>,
        token: &str,
        rooms: Vec<RoomName>,
        rng: &mut impl CryptoRng,
        now: Instant,
    ) -> Result<Self, OutgoingError> {
        let keys = KeyPair::generate(rng);
        let mut iv_prefix = [0; 8];
        rng.fill_bytes(&mut iv_prefix);
        let public_key = keys.public_key().to_base64();
        let text = control::authenticate_text(token, &config.key_field, &public_key);
        let limit = config.max_frame_bytes;
        if text.len() > limit {
            return Err(OutgoingError::TooLarge { size: text.len(), limit });
        }
        let deadline = now + config.authentication_timeout;
        Ok(Self {
            liveness: Liveness::new(config.heartbeat_interval, config.pong_timeout, now),
            rooms: Rooms::new(config.join_settle),
            requests: Requests::default(),
            drops: DropCounts::default(),
            server_errors: 0,
            transmits: VecDeque::from([Transmit::Text(text)]),
            events: VecDeque::new(),
            phase: Phase::Authenticating { keys, iv_prefix, rooms, deadline },
            config,
        })
    }

    /// Takes a WebSocket message that arrived.
    pub fn handle_frame(&mut self, frame: Inbound<'_>, now: Instant) {
        self.liveness.handle_activity();
        match (&self.phase, frame) {
            (Phase::Ended, _) | (_, Inbound::Ping) => {}
            (_, Inbound::Pong(payload)) => self.liveness.handle_pong(payload, now),
            (_, Inbound::Binary(_)) => self.drop_frame(DropReason::Binary),
            (Phase::Authenticating { .. }, Inbound::Text(text)) => {
                self.handle_before_open(text, now);
            }
            (Phase::Open(_), Inbound::Text(text)) => self.handle_open(text),
        }
    }

    /// Does what is due at `now`. Calling too early or too often does no harm.
    pub fn handle_timeout(&mut self, now: Instant) {
        match &self.phase {
            Phase::Ended => {}
            Phase::Authenticating { deadline, .. } => {
                if *deadline <= now {
                    self.end(EndReason::AuthenticationTimeout);
                }
            }
            Phase::Open(_) => self.handle_open_timeout(now),
        }
    }

    fn handle_open_timeout(&mut self, now: Instant) {
        match self.liveness.handle_timeout(now) {
            Some(Due::Dead) => return self.end(EndReason::PongTimeout),
            Some(Due::Beat(payload)) => {
                self.transmits.push_back(Transmit::Text(control::HEARTBEAT_TEXT.to_owned()));
                self.transmits.push_back(Transmit::Ping(payload));
            }
            None => {}
        }
        let settled = self.rooms.take_settled(now);
        self.transmit_rooms(name::LEAVE, &settled);
        while let Some(request) = self.requests.take_expired(now) {
            self.events.push_back(Event::RequestTimedOut { request });
        }
    }

    /// When to call [`handle_timeout`](Self::handle_timeout), if nothing else happens before.
    pub fn poll_timeout(&self) -> Option<Instant> {
        match &self.phase {
            Phase::Ended => None,
            Phase::Authenticating { deadline, .. } => Some(*deadline),
            Phase::Open(_) => {
                let others = [self.requests.poll_timeout(), self.rooms.poll_timeout()];
                others.into_iter().flatten().chain([self.liveness.poll_timeout()]).min()
            }
        }
    }

    /// The next frame to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    /// The next thing that happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Sends a message.
    pub fn send(&mut self, message: Outgoing) -> Result<(), SendError> {
        message.check_size(self.config.max_plaintext_bytes())?;
        let text = match &mut self.phase {
            Phase::Open(Channel::Encrypted(cipher)) => {
                cipher.seal_in_place(message.into_plaintext())?
            }
            Phase::Open(Channel::Plaintext) => plaintext_text(message),
            Phase::Authenticating { .. } | Phase::Ended => return Err(SendError::NotOpen),
        };
        self.transmits.push_back(Transmit::Text(text));
        self.end_if_keys_are_spent();
        Ok(())
    }

    /// Sends a message that was written with `id`, and waits for its reply until `deadline`. Ids
    /// must be unique among the requests that wait.
    pub fn request(
        &mut self,
        message: Outgoing,
        id: RequestId,
        deadline: Instant,
    ) -> Result<(), SendError> {
        let limit = self.config.max_pending_requests;
        if self.requests.len() >= limit {
            return Err(SendError::TooManyRequests { limit });
        }
        self.send(message)?;
        self.requests.insert(id, deadline);
        Ok(())
    }

    /// Enters rooms. The server does not answer: a refused room is silence.
    pub fn join(&mut self, rooms: &[RoomName], now: Instant) -> Result<(), SendError> {
        self.check_open()?;
        self.rooms.join(rooms, now);
        self.transmit_rooms(name::JOIN, rooms);
        Ok(())
    }

    /// Leaves rooms; one that was joined a moment ago a moment later.
    pub fn leave(&mut self, rooms: &[RoomName], now: Instant) -> Result<(), SendError> {
        self.check_open()?;
        let settled = rooms.iter().filter(|room| self.rooms.leave(room, now));
        let settled: Vec<_> = settled.cloned().collect();
        self.transmit_rooms(name::LEAVE, &settled);
        Ok(())
    }

    /// Asks the server for a proof of life within `deadline`, for when there is reason to doubt,
    /// such as after a sleep. Without it the session ends with [`EndReason::PongTimeout`].
    pub fn probe(&mut self, deadline: Duration, now: Instant) {
        if self.is_open() {
            let payload = self.liveness.probe(deadline, now);
            self.transmits.push_back(Transmit::Ping(payload));
        }
    }

    /// Tells whether the driver reads from the connection. While it does not, because nobody
    /// takes the events, silence is not held against the server.
    pub fn set_reading(&mut self, reading: bool, now: Instant) {
        self.liveness.set_reading(reading, now);
    }

    /// Says goodbye: transmits a close frame, behind which nothing is sent or delivered.
    pub fn close(&mut self) {
        if !matches!(self.phase, Phase::Ended) {
            self.phase = Phase::Ended;
            self.transmits.push_back(Transmit::Close { code: CloseCode::NORMAL, reason: "" });
        }
    }

    /// Whether messages may flow.
    pub fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Open(_))
    }

    /// The last round trip that a ping measured.
    pub fn rtt(&self) -> Option<Duration> {
        self.liveness.rtt()
    }

    /// Frames dropped in this session.
    pub fn drops(&self) -> DropCounts {
        self.drops
    }

    fn check_open(&self) -> Result<(), SendError> {
        if self.is_open() { Ok(()) } else { Err(SendError::NotOpen) }
    }

    fn transmit_rooms(&mut self, event: &'static str, rooms: &[RoomName]) {
        let texts = control::rooms_texts(event, rooms, self.config.max_frame_bytes);
        self.transmits.extend(texts.into_iter().map(Transmit::Text));
    }

    fn handle_before_open(&mut self, text: &str, now: Instant) {
        let Ok(envelope) = Envelope::parse(text) else {
            return self.drop_frame(DropReason::Malformed);
        };
        match &*envelope.event {
            name::CONNECTED => self.handle_connected(envelope.data, now),
            name::ERROR if self.server_errors < MAX_SERVER_ERRORS => {
                self.server_errors += 1;
                let message = control::error_message(envelope.data);
                self.events.push_back(Event::ServerError { message });
            }
            _ => self.drop_frame(DropReason::BeforeConnected),
        }
    }

    fn handle_connected(&mut self, data: Option<&RawValue>, now: Instant) {
        let phase = std::mem::replace(&mut self.phase, Phase::Ended);
        let Phase::Authenticating { keys, iv_prefix, rooms, .. } = phase else {
            return;
        };
        let connected = data.and_then(|data| envelope::object(data.get()).ok());
        let Some::<ConnectedData<'_>>(connected) = connected else {
            return self.end(EndReason::InvalidHandshake);
        };
        let channel = match self.open_channel(&connected, &keys, iv_prefix) {
            Ok(channel) => channel,
            Err(reason) => return self.end(reason),
        };
        self.events.push_back(Event::Authenticated(Welcome {
            client_id: connected.id.into_owned(),
            user_id: connected.user_id.map(Into::into),
            time: connected.time.map(Into::into),
            encrypted: matches!(channel, Channel::Encrypted(_)),
        }));
        self.phase = Phase::Open(channel);
        self.liveness.start(now);
        self.rooms.join(&rooms, now);
        self.transmit_rooms(name::JOIN, &rooms);
    }

    fn open_channel(
        &self,
        connected: &ConnectedData<'_>,
        keys: &KeyPair,
        iv_prefix: [u8; 8],
    ) -> Result<Channel, EndReason> {
        let (server_key, salt) = match (&connected.server_public_key, &connected.salt) {
            (Some(key), Some(salt)) => (key, salt),
            (None, _) if self.config.allow_plaintext && self.config.server_key.is_none() => {
                return Ok(Channel::Plaintext);
            }
            (None, _) => return Err(EndReason::EncryptionMissing),
            (Some(_), None) => return Err(EndReason::InvalidHandshake),
        };
        let invalid = |_| EndReason::InvalidHandshake;
        let server_key = PublicKey::from_base64(server_key).map_err(invalid)?;
        if self.config.server_key.is_some_and(|pinned| pinned != server_key) {
            return Err(EndReason::ServerKeyMismatch);
        }
        let salt = salt_from_base64(salt).map_err(invalid)?;
        let key = keys.agree(&server_key, &salt, &self.config.info);
        let cipher = SessionCipher::new(&key, iv_prefix, self.config.max_seen_ivs);
        Ok(Channel::Encrypted(Box::new(cipher)))
    }

    fn handle_open(&mut self, text: &str) {
        let opened = match &mut self.phase {
            Phase::Open(Channel::Encrypted(cipher)) => open_encrypted(cipher, text),
            Phase::Open(Channel::Plaintext) => open_plaintext(text),
            Phase::Authenticating { .. } | Phase::Ended => return,
        };
        match opened {
            Ok(message) => self.deliver(message),
            Err(Refusal::Drop(reason)) => self.drop_frame(reason),
            Err(Refusal::End(reason)) => return self.end(reason),
        }
        self.end_if_keys_are_spent();
    }

    fn deliver(&mut self, message: Message) {
        let request = message.id().and_then(|id| self.requests.take(id));
        self.events.push_back(match request {
            Some(request) => Event::Reply { request, message },
            None => Event::Message(message),
        });
    }

    fn drop_frame(&mut self, reason: DropReason) {
        if self.drops.count(reason) == 1 {
            self.events.push_back(Event::Dropped(reason));
        }
    }

    fn end_if_keys_are_spent(&mut self) {
        if let Phase::Open(Channel::Encrypted(cipher)) = &self.phase
            && cipher.needs_rekey()
        {
            self.end(EndReason::RekeyNeeded);
        }
    }

    fn end(&mut self, reason: EndReason) {
        self.phase = Phase::Ended;
        let close = match reason {
            EndReason::Undecryptable => {
                Transmit::Close { code: CloseCode::POLICY_VIOLATION, reason: "undecryptable frame" }
            }
            _ => Transmit::Close { code: CloseCode::NORMAL, reason: "" },
        };
        self.transmits.push_back(close);
        self.events.push_back(Event::Ended(reason));
    }
}

/// Why a frame of an open session is not delivered.
enum Refusal {
    Drop(DropReason),
    End(EndReason),
}

fn open_encrypted(cipher: &mut SessionCipher, text: &str) -> Result<Message, Refusal> {
    let opened = match EncryptedFrame::cut(text).map(|frame| cipher.open(&frame)) {
        // What was cut out wrongly may mean something to a parser.
        None | Some(Err(OpenError::Undecryptable)) => cipher.open(&parse_encrypted(text)?),
        Some(opened) => opened,
    };
    let plaintext = opened.map_err(|error| match error {
        OpenError::Reflected => Refusal::Drop(DropReason::Reflected),
        OpenError::Replayed => Refusal::Drop(DropReason::Replayed),
        OpenError::Undecryptable => Refusal::End(EndReason::Undecryptable),
    })?;
    let malformed = Refusal::Drop(DropReason::Malformed);
    let Ok(text) = String::from_utf8(plaintext) else {
        return Err(malformed);
    };
    Message::parse(text).map_err(|_| malformed)
}

/// The slow way into a frame that is not written as usual.
fn parse_encrypted(text: &str) -> Result<EncryptedFrame<'_>, Refusal> {
    let envelope = Envelope::parse(text).map_err(|_| Refusal::Drop(DropReason::Malformed))?;
    if envelope.event != name::ENCRYPTED {
        return Err(Refusal::Drop(DropReason::Plaintext));
    }
    EncryptedFrame::from_data(envelope.data).ok_or(Refusal::End(EndReason::Undecryptable))
}

fn open_plaintext(text: &str) -> Result<Message, Refusal> {
    let malformed = || Refusal::Drop(DropReason::Malformed);
    let message = Message::parse(text.to_owned()).map_err(|_| malformed())?;
    match message.event() {
        name::CONNECTED | name::ENCRYPTED => Err(malformed()),
        _ => Ok(message),
    }
}

fn plaintext_text(message: Outgoing) -> String {
    #[expect(clippy::expect_used, reason = "serde_json writes nothing but UTF-8")]
    String::from_utf8(message.into_plaintext()).expect("JSON is UTF-8")
}

/// Why the session does not take a message.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The session is not open yet, or has ended.
    #[error("the session is not open")]
    NotOpen,
    /// The message itself is at fault.
    #[error(transparent)]
    Message(#[from] OutgoingError),
    /// The message could not be encrypted.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Too many requests wait for replies.
    #[error("{limit} requests wait for their replies; no more are allowed")]
    TooManyRequests {
        /// Requests that are allowed to wait.
        limit: usize,
    },
}

impl SendError {
    /// A stable name of the error for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotOpen => "not_open",
            Self::Message(error) => error.code(),
            Self::Seal(error) => error.code(),
            Self::TooManyRequests { .. } => "too_many_requests",
        }
    }
}

//! The server's side of one connection.

mod config;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use serde_json::value::RawValue;
use zeroize::Zeroizing;

pub use config::ServerConfig;

use crate::cipher::{EncryptedFrame, OpenError, SealError, SessionCipher};
use crate::close::CloseCode;
use crate::control::{self, AuthenticateData, ConnectedData};
use crate::drops::{DropCounts, DropReason};
use crate::envelope::{self, Envelope, Message, event as name};
use crate::handshake::{KeyPair, PublicKey, Salt};
use crate::room::RoomName;
use crate::transmit::{Inbound, Transmit};

/// The state machine of one connection, from the upgrade to its end, as a server sees it.
///
/// It does no I/O and is driven like [`ClientSession`](crate::ClientSession). It keeps the order
/// of messages in both directions. Texts of errors and closes are those of IGNIS.
#[derive(Debug)]
pub struct ServerSession {
    config: Arc<ServerConfig>,
    phase: Phase,
    last_message: Instant,
    drops: DropCounts,
    transmits: VecDeque<Transmit>,
    events: VecDeque<Event>,
}

#[derive(Debug)]
enum Phase {
    /// `authenticate` has not come yet.
    Waiting {
        deadline: Instant,
    },
    /// The application looks at the token.
    Authenticating {
        key: ClientKey,
        deadline: Instant,
    },
    Open(Channel),
    Ended,
}

#[derive(Debug)]
enum ClientKey {
    Usable(PublicKey),
    Invalid,
    Missing,
}

#[derive(Debug)]
enum Channel {
    Encrypted(Box<SessionCipher>),
    Plaintext,
}

/// Something that happened in the session.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// The client asks to be let in: answer with [`ServerSession::accept`] or
    /// [`ServerSession::reject`].
    Authenticate {
        /// The bearer token.
        token: Zeroizing<String>,
    },
    /// A message of the application.
    Message(Message),
    /// The client wants to enter rooms. There is no answer: a refused room is silence.
    Join {
        /// The rooms, checked to be possible names.
        rooms: Vec<RoomName>,
        /// Names that were dropped because no room can have them.
        invalid: usize,
    },
    /// The client leaves rooms.
    Leave {
        /// The rooms.
        rooms: Vec<RoomName>,
    },
    /// The session is over, and the close frame with this code in the transmits.
    Ended(CloseCode),
}

/// What a server decides about a client that it lets in.
#[derive(Debug)]
pub struct Acceptance<'a> {
    /// Id of this connection.
    pub client_id: &'a str,
    /// The user that the token stands for.
    pub user_id: Option<&'a str>,
    /// The server's clock, in ISO 8601.
    pub time: &'a str,
    /// The server's keys, fresh or static.
    pub keys: &'a KeyPair,
    /// Random salt of this session.
    pub salt: Salt,
    /// Random prefix of the vectors that this end uses.
    pub iv_prefix: [u8; 8],
}

impl ServerSession {
    /// Starts the session of a connection that has just been upgraded.
    pub fn new(config: Arc<ServerConfig>, now: Instant) -> Self {
        let deadline = now + config.authenticate_within;
        Self {
            config,
            phase: Phase::Waiting { deadline },
            last_message: now,
            drops: DropCounts::default(),
            transmits: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Takes a WebSocket message that arrived. Binary ones are read as text, as IGNIS does.
    pub fn handle_frame(&mut self, frame: Inbound<'_>, now: Instant) {
        if matches!(self.phase, Phase::Ended) {
            return;
        }
        let text = match frame {
            Inbound::Text(text) => text,
            Inbound::Binary(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => text,
                Err(_) => return self.refuse(DropReason::Malformed, "Invalid message format"),
            },
            // Only messages count as a sign of life.
            Inbound::Ping | Inbound::Pong(_) => return,
        };
        self.last_message = now;
        match &mut self.phase {
            Phase::Ended => {}
            Phase::Waiting { .. } | Phase::Authenticating { .. } => {
                self.handle_before_open(text, now);
            }
            Phase::Open(channel) => {
                let opened = match (EncryptedFrame::cut(text), channel) {
                    (Some(frame), Channel::Encrypted(cipher)) => cipher.open(&frame),
                    _ => Err(OpenError::Undecryptable),
                };
                match opened {
                    // What was cut out wrongly may mean something to a parser.
                    Err(OpenError::Undecryptable) => self.handle_control(text),
                    opened => self.handle_opened(opened),
                }
            }
        }
    }

    fn handle_before_open(&mut self, text: &str, now: Instant) {
        let Ok(envelope) = Envelope::parse(text) else {
            return self.refuse(DropReason::Malformed, "Invalid message format");
        };
        match (&*envelope.event, &self.phase) {
            (name::HEARTBEAT, _) => {}
            (name::AUTHENTICATE, Phase::Waiting { .. }) => {
                self.handle_authenticate(envelope.data, now);
            }
            (name::AUTHENTICATE, _) => self.transmit_error("Already authenticated"),
            _ => self.refuse(DropReason::BeforeConnected, "Not authenticated"),
        }
    }

    fn handle_authenticate(&mut self, data: Option<&RawValue>, now: Instant) {
        let parsed = data.and_then(|data| AuthenticateData::parse(data, &self.config.key_field));
        let Some(AuthenticateData { token, public_key }) = parsed else {
            return self.reject("Authentication failed");
        };
        let key = match public_key.map(|key| PublicKey::from_base64(&key)) {
            Some(Ok(key)) => ClientKey::Usable(key),
            Some(Err(_)) => ClientKey::Invalid,
            None => ClientKey::Missing,
        };
        let deadline = now + self.config.authentication_may_take;
        self.phase = Phase::Authenticating { key, deadline };
        let token = Zeroizing::new(token.into_owned());
        self.events.push_back(Event::Authenticate { token });
    }

    /// Lets the client in, and returns whether that opened the session: the client may have
    /// left meanwhile, or have sent a key that cannot be used.
    pub fn accept(&mut self, acceptance: &Acceptance<'_>, now: Instant) -> bool {
        let Phase::Authenticating { key, .. } = &self.phase else {
            return false;
        };
        let channel = match key {
            ClientKey::Usable(key) => {
                let key = acceptance.keys.agree(key, &acceptance.salt, &self.config.info);
                let max_seen_ivs = self.config.max_seen_ivs;
                let cipher = SessionCipher::new(&key, acceptance.iv_prefix, max_seen_ivs);
                Channel::Encrypted(Box::new(cipher))
            }
            ClientKey::Missing if !self.config.require_encryption => Channel::Plaintext,
            ClientKey::Missing => {
                self.transmit_error("Encryption handshake failed");
                self.end(CloseCode::ENCRYPTION_REQUIRED, "Encryption required");
                return false;
            }
            ClientKey::Invalid => {
                self.reject("Authentication error");
                return false;
            }
        };
        let encrypted = matches!(channel, Channel::Encrypted(_));
        let connected = ConnectedData {
            id: acceptance.client_id.into(),
            user_id: acceptance.user_id.map(Into::into),
            time: Some(acceptance.time.into()),
            server_public_key: encrypted.then(|| acceptance.keys.public_key().to_base64().into()),
            salt: encrypted.then(|| crate::base64::encode(&acceptance.salt).into()),
        };
        let text = envelope::to_text(name::CONNECTED, &connected);
        self.transmits.push_back(Transmit::Text(text));
        self.phase = Phase::Open(channel);
        self.last_message = now;
        true
    }

    /// Refuses the client: an error with this message, then close 4003.
    pub fn reject(&mut self, message: &str) {
        if !matches!(self.phase, Phase::Ended) {
            self.transmit_error(message);
            self.end(CloseCode::AUTHENTICATION_FAILED, "Authentication failed");
        }
    }

    /// What is not an encrypted frame in its usual form, or cannot be decrypted, in an open session.
    fn handle_control(&mut self, text: &str) {
        let Ok(envelope) = Envelope::parse(text) else {
            return self.refuse(DropReason::Malformed, "Invalid message format");
        };
        match &*envelope.event {
            name::HEARTBEAT => {}
            name::JOIN => match control::parse_rooms(envelope.data) {
                Some((rooms, invalid)) => self.events.push_back(Event::Join { rooms, invalid }),
                None => self.refuse(DropReason::Malformed, "Invalid rooms: an array is needed"),
            },
            name::LEAVE => match control::parse_rooms(envelope.data) {
                Some((rooms, _)) => self.events.push_back(Event::Leave { rooms }),
                None => self.refuse(DropReason::Malformed, "Invalid rooms: an array is needed"),
            },
            name::AUTHENTICATE => self.transmit_error("Already authenticated"),
            name::ENCRYPTED => {
                let opened = match (&mut self.phase, EncryptedFrame::from_data(envelope.data)) {
                    (Phase::Open(Channel::Encrypted(cipher)), Some(frame)) => cipher.open(&frame),
                    _ => Err(OpenError::Undecryptable),
                };
                self.handle_opened(opened);
            }
            _ => self.handle_plaintext(text),
        }
    }

    fn handle_opened(&mut self, opened: Result<Vec<u8>, OpenError>) {
        let plaintext = match opened {
            Ok(plaintext) => plaintext,
            Err(OpenError::Reflected) => return self.drop_frame(DropReason::Reflected),
            Err(OpenError::Replayed) => return self.drop_frame(DropReason::Replayed),
            Err(OpenError::Undecryptable) => {
                return self.end(CloseCode::POLICY_VIOLATION, "undecryptable frame");
            }
        };
        let message = String::from_utf8(plaintext).ok().and_then(|text| Message::parse(text).ok());
        match message {
            Some(message) => self.events.push_back(Event::Message(message)),
            None => self.refuse(DropReason::Malformed, "Invalid message format"),
        }
        self.end_if_keys_are_spent();
    }

    fn handle_plaintext(&mut self, text: &str) {
        if matches!(self.phase, Phase::Open(Channel::Encrypted(_))) {
            return self.refuse(DropReason::Plaintext, "Encryption required");
        }
        match Message::parse(text.to_owned()) {
            Ok(message) => self.events.push_back(Event::Message(message)),
            Err(_) => self.refuse(DropReason::Malformed, "Invalid message format"),
        }
    }

    /// Turns a message's plaintext into the text of a frame, without changing or copying it, so
    /// that one plaintext serves any number of sessions. `scratch` is working memory, which
    /// sessions may share. `None` if the session is not open.
    pub fn seal(
        &mut self,
        plaintext: &[u8],
        scratch: &mut Vec<u8>,
    ) -> Option<Result<String, SealError>> {
        let sealed = match &mut self.phase {
            Phase::Open(Channel::Encrypted(cipher)) => cipher.seal(plaintext, scratch),
            Phase::Open(Channel::Plaintext) => Ok(String::from_utf8_lossy(plaintext).into_owned()),
            _ => return None,
        };
        self.end_if_keys_are_spent();
        Some(sealed)
    }

    /// Does what is due at `now`. Calling too early or too often does no harm.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.poll_timeout().is_none_or(|deadline| now < deadline) {
            return;
        }
        match self.phase {
            Phase::Open(_) => self.end(CloseCode::HEARTBEAT_TIMEOUT, "Heartbeat timeout"),
            _ => self.end(CloseCode::AUTHENTICATION_TIMEOUT, "Authentication timeout"),
        }
    }

    /// When to call [`handle_timeout`](Self::handle_timeout), if nothing else happens before.
    pub fn poll_timeout(&self) -> Option<Instant> {
        match &self.phase {
            Phase::Waiting { deadline } | Phase::Authenticating { deadline, .. } => Some(*deadline),
            Phase::Open(_) => Some(self.last_message + self.config.heartbeat_timeout),
            Phase::Ended => None,
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

    /// Ends the session with a close frame.
    pub fn close(&mut self, code: CloseCode, reason: &'static str) {
        if !matches!(self.phase, Phase::Ended) {
            self.end(code, reason);
        }
    }

    /// Whether messages may flow.
    pub fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Open(_))
    }

    /// Frames dropped in this session.
    pub fn drops(&self) -> DropCounts {
        self.drops
    }

    /// Sends the error that IGNIS would send: plaintext until the session is open, then sealed.
    /// Behind the end of the session nothing is sent.
    pub fn transmit_error(&mut self, message: &str) {
        let text = control::error_text(message);
        let text = match &mut self.phase {
            Phase::Ended => return,
            Phase::Open(Channel::Encrypted(cipher)) => {
                match cipher.seal_in_place(text.into_bytes()) {
                    Ok(text) => text,
                    Err(_) => return,
                }
            }
            _ => text,
        };
        self.transmits.push_back(Transmit::Text(text));
    }

    fn drop_frame(&mut self, reason: DropReason) {
        self.drops.count(reason);
    }

    fn refuse(&mut self, reason: DropReason, message: &str) {
        self.drop_frame(reason);
        self.transmit_error(message);
    }

    fn end_if_keys_are_spent(&mut self) {
        if let Phase::Open(Channel::Encrypted(cipher)) = &self.phase
            && cipher.needs_rekey()
        {
            self.end(CloseCode::TRY_AGAIN_LATER, "session keys are spent");
        }
    }

    fn end(&mut self, code: CloseCode, reason: &'static str) {
        self.phase = Phase::Ended;
        self.transmits.push_back(Transmit::Close { code, reason });
        self.events.push_back(Event::Ended(code));
    }
}

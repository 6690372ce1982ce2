//! Frames on one core: sealing and opening them.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aldis_protocol::client::{ClientConfig, Event};
use aldis_protocol::handshake::KeyPair;
use aldis_protocol::server::{Acceptance, Event as ServerEvent, ServerConfig};
use aldis_protocol::{ClientSession, Inbound, Outgoing, ServerSession, Transmit};

use super::rates::Rates;
use super::{Effort, Failure, payload};

/// Which half is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// From event and payload to the text of a frame.
    Seal,
    /// From the text of a frame to a message in a queue.
    Open,
}

impl Direction {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Seal => "seal",
            Self::Open => "open",
        }
    }
}

/// What was measured.
pub(super) struct Measured {
    pub(super) frames: Rates,
    /// Bytes of plaintext in one frame.
    pub(super) plaintext_bytes: u32,
}

/// One row of the table.
pub(super) struct Bench {
    direction: Direction,
    rounds: usize,
    /// Frames in one round.
    count: u32,
    data: Box<serde_json::value::RawValue>,
    plaintext_bytes: u32,
}

impl Bench {
    pub(super) fn new(direction: Direction, size: usize, effort: Effort) -> Result<Self, Failure> {
        let data = serde_json::value::to_raw_value(&payload(size))?;
        let plaintext_bytes: u32 =
            Outgoing::new("event", &data, None)?.plaintext().len().try_into()?;
        let count = (effort.frame_bytes / plaintext_bytes).min(100_000);
        Ok(Self { direction, rounds: effort.rounds, count, data, plaintext_bytes })
    }

    /// Runs all rounds, each with keys of its own, because no frame opens twice.
    pub(super) fn run(self) -> Result<Measured, Failure> {
        let mut frames = Rates::default();
        for round in 0..=self.rounds {
            let elapsed = match self.direction {
                Direction::Seal => self.seal()?,
                Direction::Open => self.open()?,
            };
            let is_warm_up = round == 0;
            if !is_warm_up {
                frames.add(self.count, elapsed);
            }
        }
        Ok(Measured { frames, plaintext_bytes: self.plaintext_bytes })
    }

    fn seal(&self) -> Result<Duration, Failure> {
        let (mut client, _server) = open_pair()?;
        let mut bytes = 0;
        let start = Instant::now();
        for _ in 0..self.count {
            client.send(Outgoing::new("event", &self.data, None)?)?;
            while let Some(Transmit::Text(text)) = client.poll_transmit() {
                bytes += text.len();
            }
        }
        let elapsed = start.elapsed();
        std::hint::black_box(bytes);
        Ok(elapsed)
    }

    fn open(&self) -> Result<Duration, Failure> {
        let (mut client, mut server) = open_pair()?;
        let message = Outgoing::new("event", &self.data, None)?;
        let mut scratch = Vec::new();
        let mut texts = Vec::new();
        for _ in 0..self.count {
            let sealed = server.seal(message.plaintext(), &mut scratch);
            texts.push(sealed.ok_or("the server's session is not open")??);
        }
        let mut queue = VecDeque::with_capacity(BATCH);
        let mut delivered = 0;
        let start = Instant::now();
        for batch in texts.chunks(BATCH) {
            for text in batch {
                client.handle_frame(Inbound::Text(text), start);
                while let Some(Event::Message(message)) = client.poll_event() {
                    queue.push_back(message);
                }
            }
            // As a host does that takes them in batches.
            delivered += queue.drain(..).map(std::hint::black_box).count();
        }
        let elapsed = start.elapsed();
        if delivered != texts.len() {
            return Err(format!("{delivered} of {} frames were delivered", texts.len()).into());
        }
        Ok(elapsed)
    }
}

/// Messages that wait in the queue at the most.
const BATCH: usize = 64;

/// A client and a server with the handshake behind them.
fn open_pair() -> Result<(ClientSession, ServerSession), Failure> {
    let (now, rng) = (Instant::now(), &mut rand::rng());
    let config = Arc::new(ClientConfig::default());
    let mut client = ClientSession::new(config, "token", Vec::new(), rng, now)?;
    let mut server = ServerSession::new(Arc::new(ServerConfig::default()), now);
    while let Some(Transmit::Text(text)) = client.poll_transmit() {
        server.handle_frame(Inbound::Text(&text), now);
    }
    let Some(ServerEvent::Authenticate { .. }) = server.poll_event() else {
        return Err("the server was not asked to authenticate".into());
    };
    let acceptance = Acceptance {
        client_id: "bench",
        user_id: None,
        time: "2026-01-01T00:00:00.000Z",
        keys: &KeyPair::generate(rng),
        salt: rand::random(),
        iv_prefix: rand::random(),
    };
    server.accept(&acceptance, now);
    while let Some(Transmit::Text(text)) = server.poll_transmit() {
        client.handle_frame(Inbound::Text(&text), now);
    }
    match client.poll_event() {
        Some(Event::Authenticated(_)) => Ok((client, server)),
        other => Err(format!("no session, but {other:?}").into()),
    }
}

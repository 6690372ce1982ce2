//! What goes out of a connection: the session's own words, and the queue, sealed.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;
use std::task::Context;
use std::time::Instant;

use aldis_protocol::drops::DropCounts;
use aldis_protocol::server::{Acceptance, ServerConfig};
use aldis_protocol::{CloseCode, ServerSession, Transmit};

use crate::metrics::{Lost, Traffic};
use crate::outbox::{Kick, Woken};
use crate::peer::Peer;
use crate::server::Shared;

/// Working memory for encryption that a thread keeps; more is given back.
const MAX_SCRATCH_BYTES: usize = 1 << 20;

thread_local! {
    /// Of the thread and not of the connection, because most connections are idle.
    static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The session of a connection with the queue that it seals.
pub(super) struct Sealer {
    pub(super) session: ServerSession,
    /// The client, once it was let in.
    pub(super) peer: Option<Arc<Peer>>,
    /// The close frame that the session wants to end with.
    pub(super) close: Option<(CloseCode, &'static str)>,
    pub(super) traffic: Traffic,
    /// `connected` and errors; they go before the queue.
    words: VecDeque<String>,
    accounted: Accounted,
}

/// What the server knows already.
#[derive(Default)]
struct Accounted {
    read: u64,
    written: u64,
    drops: DropCounts,
}

impl Sealer {
    pub(super) fn new(config: Arc<ServerConfig>, now: Instant) -> Self {
        Self {
            session: ServerSession::new(config, now),
            peer: None,
            close: None,
            traffic: Traffic::default(),
            words: VecDeque::new(),
            accounted: Accounted::default(),
        }
    }

    pub(super) fn accept(&mut self, acceptance: &Acceptance<'_>, now: Instant) -> bool {
        self.session.accept(acceptance, now)
    }

    /// Takes over what the session has to say.
    pub(super) fn collect(&mut self) {
        while let Some(transmit) = self.session.poll_transmit() {
            match transmit {
                Transmit::Text(text) => self.words.push_back(text),
                Transmit::Close { code, reason } => self.close = Some((code, reason)),
                // Sessions of servers do not ping.
                Transmit::Ping(_) => {}
            }
        }
    }

    /// The session's own words that wait to be sent.
    pub(super) fn waiting_words(&self) -> usize {
        self.words.len()
    }

    /// Whether the session has ended after it had been open.
    pub(super) fn has_ended(&self) -> bool {
        self.peer.is_some() && !self.session.is_open()
    }

    /// What woke the task, once there is a client: without, it may have been anything.
    pub(super) fn poll_woken(&self, cx: &Context<'_>) -> Woken {
        self.peer.as_ref().map_or(Woken::BY_ANYTHING, |peer| peer.outbox.poll_woken(cx))
    }

    /// The next text to send.
    pub(super) fn next(&mut self, shared: &Shared) -> Option<String> {
        let word = self.words.pop_front();
        let text = word.or_else(|| self.next_queued(shared));
        self.traffic.messages_sent += u64::from(text.is_some());
        text
    }

    fn next_queued(&mut self, shared: &Shared) -> Option<String> {
        let outbox = &self.peer.as_ref()?.outbox;
        while self.session.is_open()
            && let Some(message) = outbox.pop()
        {
            let sealed = SCRATCH.with_borrow_mut(|scratch| {
                let sealed = self.session.seal(&message, scratch);
                scratch.shrink_to(MAX_SCRATCH_BYTES);
                sealed
            });
            match sealed {
                Some(Ok(text)) => return Some(text),
                Some(Err(_)) | None => shared.metrics.lost(Lost::Unsealed, 1),
            }
        }
        None
    }

    /// Takes the client out of the registry, and lets nothing more into its queue.
    pub(super) fn retire(&self, shared: &Shared, code: CloseCode) {
        if let Some(peer) = &self.peer {
            shared.registry.remove(peer);
            peer.outbox.kick(Kick { code, reason: "", drain: false });
        }
    }

    /// Throws away and counts what is still queued.
    pub(super) fn discard(&self, shared: &Shared) {
        if let Some(peer) = &self.peer {
            shared.metrics.lost(Lost::Disconnected, peer.outbox.close());
        }
    }

    /// Tells the server's metrics what is new.
    pub(super) fn account(&mut self, shared: &Shared, read: u64, written: u64) {
        self.traffic.bytes_received = read - self.accounted.read;
        self.traffic.bytes_sent = written - self.accounted.written;
        shared.metrics.traffic(&mut self.traffic);
        let drops = self.session.drops();
        if drops != self.accounted.drops {
            shared.metrics.dropped(self.accounted.drops, drops);
        }
        self.accounted = Accounted { read, written, drops };
    }
}

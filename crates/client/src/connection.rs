//! One connection from the upgrade to its end: the loop that owns the socket.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aldis_protocol::client::{ClientSession, EndReason, Event, RequestId, SendError, Welcome};
use aldis_protocol::drops::DropCounts;
use aldis_protocol::{CloseCode, Inbound, Message};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error as WsError, Message as WsMessage};

use crate::close::CloseReason;
use crate::control::{Control, Hint, Signal};
use crate::error::RequestError;
use crate::event::{Session, SignalError, SignalEvent};
use crate::outbox::{Entry, Reply};
use crate::shared::Shared;
use crate::wire::{Wire, WireEvent};

/// How long a goodbye may take: what is queued, and the close frame.
const GOODBYE: Duration = Duration::from_millis(25);

/// Messages that are handled before commands and timers have their turn again.
const BURST: usize = 64;

/// A timer needs a time even when nothing is due.
const FOREVER: Duration = Duration::from_hours(24);

/// How a connection ended.
#[derive(Debug)]
pub(crate) struct Finish {
    pub(crate) reason: CloseReason,
    /// Whether the session was authenticated before.
    pub(crate) authenticated: bool,
    /// Whether a hint of the host led to the end, so that the next attempt should not wait.
    pub(crate) hinted: bool,
}

/// An upgraded WebSocket and its session.
pub(crate) struct Connection<'a, S> {
    shared: &'a Shared,
    control: &'a mut Control,
    wire: Wire<S>,
    session: ClientSession,
    replies: HashMap<RequestId, Reply>,
    /// Drops of former connections, and of this one as last told.
    drops: (DropCounts, DropCounts),
    rtt: Option<Duration>,
    authenticated: bool,
    server_error: Option<String>,
    /// When the host last gave reason to doubt the connection, and what it was.
    doubt: Option<(Hint, Instant)>,
    reading: bool,
    /// Whether messages were queued that the host was not woken for yet.
    unannounced: bool,
    end: Option<CloseReason>,
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Connection<'a, S> {
    pub(crate) fn new(
        shared: &'a Shared,
        control: &'a mut Control,
        socket: WebSocketStream<S>,
        session: ClientSession,
    ) -> Self {
        Self {
            drops: (shared.counters.details().dropped, DropCounts::default()),
            wire: Wire::new(socket),
            replies: HashMap::new(),
            rtt: None,
            authenticated: false,
            server_error: None,
            doubt: None,
            reading: true,
            unannounced: false,
            end: None,
            shared,
            control,
            session,
        }
    }

    /// Runs the connection to its end.
    pub(crate) async fn run(mut self: Box<Self>) -> Finish {
        let reason = self.pump().await;
        let leaving = matches!(reason, CloseReason::Disconnected | CloseReason::Dropped);
        // Tells the server why; a dead connection does not keep us.
        let _ = timeout(GOODBYE, self.wire.finish(leaving)).await;
        for (_, reply) in self.replies.drain() {
            reply.fail(RequestError::ConnectionLost);
        }
        if self.authenticated {
            self.shared.shut(self.wire.unsent());
        }
        let recent = self.shared.settings.probe_timeout * 2;
        let doubt = self.doubt.filter(|(_, at)| at.elapsed() <= recent).map(|(hint, _)| hint);
        if self.authenticated && doubt.is_none() {
            // Who outlived the loss of a network had another one.
            self.control.proven_online();
        }
        let dead = matches!(
            reason,
            CloseReason::Session(EndReason::PongTimeout) | CloseReason::NetworkChanged
        );
        let hinted = dead && doubt.is_some_and(|hint| hint != Hint::NetworkLost);
        Finish { reason, authenticated: self.authenticated, hinted }
    }

    async fn pump(&mut self) -> CloseReason {
        let timer = sleep_until(Instant::now() + FOREVER);
        tokio::pin!(timer);
        loop {
            self.settle();
            self.announce();
            if let Some(reason) = self.end.take() {
                return reason;
            }
            self.set_reading(self.shared.delivery.has_room());
            let deadline = self.session.poll_timeout().map(Instant::from_std);
            let deadline = deadline.unwrap_or_else(|| Instant::now() + FOREVER);
            if timer.deadline() != deadline {
                timer.as_mut().reset(deadline);
            }
            let sending = self.session.is_open() && self.wire.has_room();
            tokio::select! {
                biased;
                signal = self.control.next() => self.handle_signal(signal).await,
                () = &mut timer => self.handle_timeout().await,
                () = self.shared.outbox.filled(), if sending => self.fill_wire(),
                event = self.wire.next(self.reading) => self.handle_wire(event).await,
                () = self.shared.delivery.room(), if !self.reading => {}
                expired = self.shared.outbox.expired() => self.shared.expire(expired),
            }
        }
    }

    /// Moves what the session has to say: frames to the wire, events to the host.
    fn settle(&mut self) {
        while let Some(event) = self.session.poll_event() {
            self.handle_event(event);
        }
        self.push_transmits(false);
        let (former, told) = self.drops;
        if self.session.drops() != told {
            self.drops.1 = self.session.drops();
            let mut dropped = former;
            dropped += self.drops.1;
            self.shared.counters.details().dropped = dropped;
        }
        if self.session.rtt() != self.rtt {
            self.rtt = self.session.rtt();
            self.shared.counters.details().rtt = self.rtt;
        }
    }

    /// `messages`: whether the texts are messages, which count when they are not sent.
    fn push_transmits(&mut self, messages: bool) {
        while let Some(frame) = self.session.poll_transmit() {
            let bytes = self.wire.push(frame, messages);
            self.shared.counters.frames_sent.add(1);
            self.shared.counters.bytes_sent.add(bytes as u64);
        }
    }

    fn handle_event(&mut self, event: Event) {
        match event {
            Event::Authenticated(welcome) => self.open(welcome),
            Event::Message(message) => self.deliver(message),
            Event::Reply { request, message } => self.answer(&request, message),
            Event::RequestTimedOut { request } => {
                if let Some(reply) = self.replies.remove(&request) {
                    reply.time_out();
                }
            }
            Event::ServerError { message } => {
                self.server_error = Some(message.clone());
                self.shared.report(SignalError::Server(message));
            }
            Event::Dropped(reason) => self.shared.report(SignalError::FrameDropped(reason)),
            Event::Ended(reason) => self.finish(reason.into()),
            unknown => tracing::error!(?unknown, "the session told something new"),
        }
    }

    /// Notes why the connection ends. What happened first is the reason.
    fn finish(&mut self, reason: CloseReason) {
        self.end.get_or_insert(reason);
    }

    fn open(&mut self, welcome: Welcome) {
        let session = Session {
            client_id: welcome.client_id,
            user_id: welcome.user_id,
            server_time: welcome.time,
            encrypted: welcome.encrypted,
        };
        self.authenticated = true;
        // Held until the session knows the rooms: one that the host joins meanwhile would be
        // neither in the set that is joined here nor in the outbox.
        let wanted = self.shared.rooms.lock();
        self.shared.open(session.clone());
        let rooms: Vec<_> = wanted.iter().cloned().collect();
        drop(self.session.join(&rooms, now()));
        drop(wanted);
        self.control.connected(&Ok(session));
    }

    fn deliver(&mut self, message: Message) {
        self.shared.counters.messages_received.add(1);
        self.shared.delivery.enqueue(SignalEvent::Message(message));
        self.unannounced = true;
    }

    /// Wakes the host for the messages of a whole burst: a host that is woken for each of them
    /// takes them one by one, at the price of a change of threads.
    fn announce(&mut self) {
        if std::mem::take(&mut self.unannounced) {
            self.shared.delivery.announce();
        }
    }

    /// Hands a reply to who asked; to everybody where nobody waits for it any more.
    fn answer(&mut self, request: &RequestId, message: Message) {
        let unwanted = match self.replies.remove(request) {
            Some(reply) => reply.answer(message),
            None => Err(message),
        };
        match unwanted {
            Ok(()) => self.shared.counters.messages_received.add(1),
            Err(message) => self.deliver(message),
        }
    }

    fn set_reading(&mut self, reading: bool) {
        if self.reading != reading {
            self.reading = reading;
            self.session.set_reading(reading, now());
        }
    }

    /// Does what is due. First takes what has arrived: after a sleep of the process the answer that
    /// was waited for may be there already.
    async fn handle_timeout(&mut self) {
        if self.reading
            && let Some(event) = self.wire.try_next().await
        {
            self.handle_wire(event).await;
        }
        self.session.handle_timeout(now());
    }

    async fn handle_signal(&mut self, signal: Signal) {
        match signal {
            Signal::Connect => {
                if let Some(session) = self.shared.session() {
                    self.control.connected(&Ok(session));
                }
            }
            Signal::Stop(reason) => self.goodbye(reason).await,
            Signal::Hint(hint) => {
                self.doubt = Some((hint, Instant::now()));
                if self.session.is_open() || hint == Hint::NetworkLost {
                    // A phone may have lost one of several networks: only the socket knows.
                    self.session.probe(self.shared.settings.probe_timeout, now());
                } else {
                    // As for a dial: what was begun on the former network is not waited for.
                    self.finish(CloseReason::NetworkChanged);
                }
            }
        }
    }

    /// Sends what was accepted before, and a close frame, if that is done in a moment.
    async fn goodbye(&mut self, reason: CloseReason) {
        let drain = async {
            while self.session.is_open() && self.shared.outbox.depth().0 > 0 {
                self.fill_wire();
                if self.wire.flush().await.is_err() {
                    return;
                }
            }
        };
        // What is left then is counted as unsent.
        let _ = timeout(GOODBYE, drain).await;
        self.session.close();
        self.push_transmits(false);
        self.finish(reason);
    }

    /// Moves messages from the outbox to the wire while it has room.
    fn fill_wire(&mut self) {
        for _ in 0..BURST {
            if !self.wire.has_room() {
                return;
            }
            let Some(entry) = self.shared.outbox.take() else {
                return;
            };
            let is_message = matches!(entry, Entry::Message { .. });
            self.send(entry);
            self.push_transmits(is_message);
        }
    }

    fn send(&mut self, entry: Entry) {
        let now = Instant::now();
        if entry.expires().is_some_and(|at| at <= now) {
            return self.shared.expire(vec![entry]);
        }
        match entry {
            Entry::Message { message, .. } => match self.session.send(message) {
                Ok(()) => self.shared.counters.messages_sent.add(1),
                Err(error) => self.shared.count_unsent(1, &error),
            },
            Entry::Request { message, id, deadline, reply } => {
                match self.session.request(message, Arc::clone(&id), deadline.into_std()) {
                    Ok(()) => {
                        self.shared.counters.messages_sent.add(1);
                        self.replies.insert(id, reply);
                    }
                    Err(SendError::TooManyRequests { limit }) => {
                        reply.fail(RequestError::TooManyRequests { limit });
                    }
                    Err(_) => reply.fail(RequestError::ConnectionLost),
                }
            }
            // A session that has ended takes no rooms; the next one joins the wanted ones.
            Entry::Join(rooms) => drop(self.session.join(&rooms, now.into_std())),
            Entry::Leave(rooms) => drop(self.session.leave(&rooms, now.into_std())),
        }
    }

    /// Takes what happened on the wire, and with it what else has arrived by now.
    async fn handle_wire(&mut self, first: WireEvent) {
        let mut event = first;
        for turns_left in (0..BURST).rev() {
            match event {
                WireEvent::Received(message) => self.handle_message(&message),
                WireEvent::Ended(error) => return self.finish(lost(error)),
                WireEvent::Writable => return,
            }
            self.settle();
            if turns_left == 0 || self.end.is_some() || !self.shared.delivery.has_room() {
                return;
            }
            match self.wire.try_next().await {
                Some(next) => event = next,
                None => return,
            }
        }
    }

    fn handle_message(&mut self, message: &WsMessage) {
        self.shared.counters.frames_received.add(1);
        self.shared.counters.bytes_received.add(message.len() as u64);
        let inbound = match message {
            WsMessage::Text(text) => Inbound::Text(text),
            WsMessage::Binary(bytes) => Inbound::Binary(bytes),
            WsMessage::Ping(_) => Inbound::Ping,
            WsMessage::Pong(payload) => Inbound::Pong(payload),
            WsMessage::Close(frame) => return self.finish(self.closed(frame.as_ref())),
            // Raw frames are only ever written.
            WsMessage::Frame(_) => return,
        };
        self.session.handle_frame(inbound, now());
    }

    fn closed(&self, frame: Option<&CloseFrame>) -> CloseReason {
        let (code, reason) = match frame {
            Some(frame) => (CloseCode(frame.code.into()), frame.reason.to_string()),
            None => (CloseCode::NO_STATUS, String::new()),
        };
        match code {
            CloseCode::AUTHENTICATION_FAILED => {
                let message = self.server_error.clone().unwrap_or(reason);
                CloseReason::AuthRejected { message }
            }
            CloseCode::ENCRYPTION_REQUIRED => CloseReason::KeyRefused,
            _ => CloseReason::Closed { code, reason },
        }
    }
}

fn lost(error: Option<WsError>) -> CloseReason {
    let text = error.map_or_else(|| "the stream ended".to_owned(), |error| error.to_string());
    CloseReason::Lost(text.into())
}

fn now() -> std::time::Instant {
    Instant::now().into_std()
}

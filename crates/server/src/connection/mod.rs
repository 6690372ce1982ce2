//! One connection, from the upgrade to its end: one task that owns the socket and the session.

mod gathered;
mod seal;
mod socket;
mod work;

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use aldis_protocol::server::{Acceptance, Event};
use aldis_protocol::{CloseCode, Inbound, RoomName};
use hyper::upgrade::Upgraded;
use tokio::time::{Instant, Sleep, sleep, sleep_until};
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_util::sync::WaitForCancellationFuture;
use uuid::Uuid;

use crate::auth::{Rejection, User};
use crate::client::Client;
use crate::handle::{SLOW_CONSUMER, ServerHandle};
use crate::metrics::{Handshake, Lost};
use crate::outbox::{Kick, Outbox};
use crate::peer::Peer;
use crate::server::Shared;
use seal::Sealer;
use socket::{Read, Socket};
use work::{Outcome, Request, Work};

/// Answers of the session itself that may wait to be sent before reading stops.
const MAX_WAITING_WORDS: usize = 64;

/// Serves a connection that has just been upgraded, until it ends.
pub(crate) async fn run(shared: Arc<Shared>, upgraded: Upgraded) {
    let mut connection = Connection::new(shared, upgraded).await;
    let end = connection.serve().await;
    connection.finish(end).await;
}

struct Connection {
    shared: Arc<Shared>,
    socket: Socket,
    sealer: Sealer,
    work: Work,
    authenticating_since: Option<Instant>,
    /// Whether the authenticator, or the client's key, failed rather than refused.
    failed: bool,
    /// The code that the connection ended with.
    code: CloseCode,
}

/// What a connection waits for besides its queue and its work.
///
/// Most wake-ups of a connection in a busy room are for a message to send. Neither the socket's
/// reading side nor the timer nor a shutdown has anything new then, and looking at them costs more
/// than to encrypt the message: all of their memory would have to be fetched. So these ring the
/// peer's bell, and are looked at after it was rung.
struct Waits<'a, 's> {
    shutdown: Pin<&'a mut WaitForCancellationFuture<'s>>,
    timer: Pin<&'a mut Sleep>,
    /// The peer's bell, once there is a peer.
    bell: Option<Waker>,
    awaited: Awaited,
}

/// What will ring the bell, and need not be looked at before.
#[derive(Debug, Default, Clone, Copy)]
struct Awaited {
    shutdown: bool,
    read: bool,
    timer: bool,
}

/// What happens next in a connection.
enum Step {
    Kicked(Kick),
    Read(Read),
    Work(Outcome),
    /// The session ended by itself.
    SessionEnded,
    Lost,
    Due,
    ShuttingDown,
}

/// How a connection ends.
enum End {
    /// With a close frame of ours, behind what is queued if `drain`.
    Close(Kick),
    /// With the close frame that the session has prepared.
    Session(CloseCode),
    /// With the close frame of the client.
    Goodbye(CloseCode),
    /// Without any.
    Lost,
}

impl Connection {
    async fn new(shared: Arc<Shared>, upgraded: Upgraded) -> Self {
        shared.metrics.opened();
        let socket = Socket::new(upgraded, shared.config.max_message_bytes).await;
        let sealer = Sealer::new(Arc::clone(&shared.session), now());
        Self {
            shared,
            socket,
            sealer,
            work: Work::default(),
            authenticating_since: None,
            failed: false,
            code: CloseCode::ABNORMAL,
        }
    }

    async fn serve(&mut self) -> End {
        let shared = Arc::clone(&self.shared);
        let mut waits = Waits {
            shutdown: pin!(shared.shutdown.cancelled()),
            timer: pin!(sleep_until(Instant::now())),
            bell: None,
            awaited: Awaited::default(),
        };
        loop {
            let step = poll_fn(|cx| self.poll(&mut waits, cx)).await;
            if let Some(end) = self.handle(step) {
                return end;
            }
            if waits.bell.is_none() {
                waits.bell = self.sealer.peer.clone().map(Waker::from);
            }
        }
    }

    fn poll(&mut self, waits: &mut Waits<'_, '_>, cx: &mut Context<'_>) -> Poll<Step> {
        let Waits { shutdown, timer, bell, awaited } = waits;
        // Before the queue is looked at, because it asks to be woken by what is queued from now on.
        let woken = self.sealer.poll_woken(cx);
        // A network that had stalled wakes whoever waited for it last, with the bell or without.
        if woken.by_bell || self.socket.stalled_since().is_some() {
            *awaited = Awaited::default();
        }
        let mut seldom = Context::from_waker(bell.as_ref().unwrap_or(cx.waker()));
        if !awaited.shutdown {
            if shutdown.as_mut().poll(&mut seldom).is_ready() {
                return Poll::Ready(Step::ShuttingDown);
            }
            awaited.shutdown = true;
        }
        if let Some(kick) = woken.kick {
            return Poll::Ready(Step::Kicked(kick));
        }
        let sealer = &mut self.sealer;
        let written = self.socket.poll_write(cx, || sealer.next(&self.shared));
        if written == Poll::Ready(false) {
            return Poll::Ready(Step::Lost);
        }
        if self.sealer.has_ended() {
            return Poll::Ready(Step::SessionEnded);
        }
        if let Poll::Ready(outcome) = self.work.poll(&self.shared, cx) {
            return Poll::Ready(Step::Work(outcome));
        }
        if self.is_reading() && !awaited.read {
            if let Poll::Ready(read) = self.socket.poll_read(&mut seldom) {
                return Poll::Ready(Step::Read(read));
            }
            awaited.read = true;
        }
        self.account();
        // Last, because what is due depends on all the rest.
        self.poll_timer(timer.as_mut(), &mut awaited.timer, &mut seldom).map(|()| Step::Due)
    }

    /// Ready when something is due.
    fn poll_timer(
        &self,
        mut timer: Pin<&mut Sleep>,
        awaited: &mut bool,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        let Some(due) = self.poll_timeout() else {
            return Poll::Pending;
        };
        // A deadline that moves away is looked at when the old one has come.
        if due < timer.deadline() {
            timer.as_mut().reset(due);
            *awaited = false;
        }
        if *awaited {
            return Poll::Pending;
        }
        let mut elapsed = timer.as_mut().poll(cx);
        if elapsed.is_ready() && due > timer.deadline() {
            timer.as_mut().reset(due);
            elapsed = timer.poll(cx);
        }
        *awaited = elapsed.is_pending();
        elapsed
    }

    /// Whether more is read from the client, or it has to wait.
    fn is_reading(&self) -> bool {
        self.work.has_space() && self.sealer.waiting_words() < MAX_WAITING_WORDS
    }

    /// When something is due.
    fn poll_timeout(&self) -> Option<Instant> {
        let stalled = self.socket.stalled_since();
        let stalled = stalled.map(|since| since + self.shared.config.write_timeout);
        // Nobody is late while we do not listen.
        let session = self.sealer.session.poll_timeout();
        let session = session.filter(|_| self.is_reading());
        stalled.into_iter().chain(session.map(Instant::from_std)).min()
    }

    fn handle(&mut self, step: Step) -> Option<End> {
        match step {
            Step::Kicked(kick) => return Some(End::Close(kick)),
            Step::Lost | Step::Read(Read::Lost) => return Some(End::Lost),
            Step::Read(Read::Goodbye(code)) => return Some(End::Goodbye(code)),
            Step::Read(Read::Violation(code, reason)) => return Some(close(code, reason)),
            Step::Read(Read::Message(frame)) => self.handle_frame(&frame),
            Step::Work(Outcome::Verdict(verdict)) => self.handle_verdict(verdict),
            Step::Work(Outcome::Panicked) => return self.handle_panic(),
            Step::Due => return self.handle_timeout(),
            Step::ShuttingDown => {
                return Some(End::Close(Kick {
                    code: CloseCode::GOING_AWAY,
                    reason: "Server shutting down",
                    drain: true,
                }));
            }
            Step::SessionEnded => {}
        }
        self.handle_events()
    }

    fn handle_frame(&mut self, frame: &Frame) {
        let inbound = match frame {
            Frame::Text(text) => Inbound::Text(text),
            Frame::Binary(bytes) => Inbound::Binary(bytes),
            Frame::Ping(_) => Inbound::Ping,
            Frame::Pong(payload) => Inbound::Pong(payload),
            Frame::Close(_) | Frame::Frame(_) => return,
        };
        if !frame.is_ping() && !frame.is_pong() {
            self.sealer.traffic.messages_received += 1;
        }
        self.sealer.session.handle_frame(inbound, now());
    }

    fn handle_timeout(&mut self) -> Option<End> {
        let stalled = self.socket.stalled_since();
        if stalled.is_some_and(|since| since.elapsed() >= self.shared.config.write_timeout) {
            self.shared.metrics.slow_consumer();
            return Some(close(CloseCode::TRY_AGAIN_LATER, SLOW_CONSUMER));
        }
        if self.is_reading() {
            self.sealer.session.handle_timeout(now());
        }
        self.handle_events()
    }

    fn handle_panic(&mut self) -> Option<End> {
        self.work.panicked(&self.shared);
        if self.work.client().is_some() {
            return Some(close(CloseCode::INTERNAL_ERROR, "internal error"));
        }
        self.handle_verdict(Err(Rejection::failed("the authenticator panicked")));
        self.handle_events()
    }

    fn handle_verdict(&mut self, verdict: Result<User, Rejection>) {
        if let Some(since) = self.authenticating_since.take() {
            self.shared.metrics.authentication_took(since.elapsed());
        }
        match verdict {
            Ok(user) => self.accept(user),
            Err(rejection) => {
                tracing::debug!(%rejection, "a client was not let in");
                self.failed = matches!(rejection, Rejection::Failed(_));
                self.sealer.session.reject(rejection.message());
            }
        }
    }

    fn accept(&mut self, user: User) {
        #[expect(clippy::expect_used, reason = "36 hexadecimal digits and dashes")]
        let id = RoomName::new(Uuid::new_v4().to_string()).expect("a UUID can name a room");
        let accepted = self.sealer.accept(
            &Acceptance {
                client_id: id.as_str(),
                user_id: user.id(),
                time: &format!("{:.3}", jiff::Timestamp::now()),
                keys: &self.shared.keys(),
                salt: rand::random(),
                iv_prefix: rand::random(),
            },
            now(),
        );
        if !accepted {
            self.failed = true;
            return;
        }
        self.shared.metrics.handshake(Handshake::Accepted);
        let outbox = Outbox::new(self.shared.config.queue);
        let peer = Arc::new(Peer::new(id, user, outbox));
        let server = ServerHandle::new(Arc::clone(&self.shared));
        self.shared.registry.insert(&peer);
        server.join(&peer, &peer.id);
        for room in &self.shared.config.default_rooms {
            server.join(&peer, room);
        }
        tracing::debug!(client = peer.id.as_str(), "a client was let in");
        self.sealer.peer = Some(Arc::clone(&peer));
        self.work.begin(&self.shared, Client::new(peer, server));
    }

    /// Does what the session asks for, until it has ended.
    fn handle_events(&mut self) -> Option<End> {
        while let Some(event) = self.sealer.session.poll_event() {
            match event {
                Event::Authenticate { token } => {
                    self.authenticating_since = Some(Instant::now());
                    self.work.authenticate(&self.shared, token);
                }
                Event::Message(message) => self.work.push(Request::Message(message)),
                Event::Join { rooms, invalid } => {
                    self.shared.metrics.joins_invalid(invalid);
                    self.work.push(Request::Join(rooms));
                }
                Event::Leave { rooms } => self.work.push(Request::Leave(rooms)),
                Event::Ended(code) => return Some(End::Session(code)),
                _ => {}
            }
        }
        self.sealer.collect();
        None
    }

    async fn finish(&mut self, end: End) {
        let shared = Arc::clone(&self.shared);
        self.code = match &end {
            End::Close(kick) => kick.code,
            End::Session(code) | End::Goodbye(code) => *code,
            End::Lost => CloseCode::ABNORMAL,
        };
        self.sealer.retire(&shared, self.code);
        self.account();
        let sealer = &mut self.sealer;
        match end {
            End::Close(Kick { code, reason, drain }) => {
                let next = || drain.then(|| sealer.next(&shared))?;
                self.socket.close(next, code, reason).await;
            }
            End::Session(_) => {
                sealer.collect();
                if let Some((code, reason)) = sealer.close.take() {
                    let next = || sealer.next(&shared);
                    self.socket.close(next, code, reason).await;
                }
            }
            End::Goodbye(_) => self.socket.answer_close().await,
            End::Lost => {}
        }
        self.sealer.discard(&shared);
        self.account();
        self.finish_work().await;
    }

    /// Does the work that is left, for as long as a shutdown allows.
    async fn finish_work(&mut self) {
        let shared = Arc::clone(&self.shared);
        let too_late = async {
            shared.shutdown.cancelled().await;
            sleep(shared.config.shutdown_grace).await;
        };
        tokio::select! {
            () = self.work.finish(&shared, self.code) => {}
            () = too_late => shared.metrics.lost(Lost::Unhandled, self.work.clear()),
        }
    }

    /// Adds what this connection has counted to what the server has.
    fn account(&mut self) {
        let Self { sealer, socket, shared, .. } = self;
        sealer.account(shared, socket.bytes_read(), socket.bytes_written());
    }

    /// How the handshake of a client that was not let in ended.
    fn handshake(&self) -> Handshake {
        match self.code {
            CloseCode::AUTHENTICATION_FAILED if self.failed => Handshake::Failed,
            CloseCode::AUTHENTICATION_FAILED => Handshake::Refused,
            CloseCode::ENCRYPTION_REQUIRED => Handshake::NoKey,
            CloseCode::AUTHENTICATION_TIMEOUT => Handshake::TimedOut,
            _ => Handshake::Abandoned,
        }
    }
}

impl Drop for Connection {
    /// Also when the task is cancelled or panics: nothing of a client may stay behind.
    fn drop(&mut self) {
        if self.sealer.peer.is_none() {
            self.shared.metrics.handshake(self.handshake());
        }
        self.sealer.retire(&self.shared, self.code);
        self.sealer.discard(&self.shared);
        self.shared.metrics.closed(self.code);
    }
}

fn close(code: CloseCode, reason: &'static str) -> End {
    End::Close(Kick { code, reason, drain: false })
}

/// The time in the form in which the protocol takes it; a paused clock is respected.
fn now() -> std::time::Instant {
    Instant::now().into_std()
}

//! The handle of a client.

use std::sync::Arc;
use std::time::Duration;

use aldis_protocol::{Outgoing, RoomName};
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use serde::Serialize;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use crate::config::{MAX_ROOMS, MAX_WAIT, Settings, SignalConfig};
use crate::control::{Command, Control, Hint};
use crate::delivery::{self, SignalEvents};
use crate::dial::{Dial, SystemDialer, TrustAnchors};
use crate::error::{ConfigError, ConnectError, EmptyToken, RoomError, SendError};
use crate::event::Session;
use crate::explain::explain;
use crate::outbox::{Entry, Refused};
use crate::request::RequestIds;
use crate::shared::Shared;
use crate::state::{ConnectionState, StateChange};
use crate::stats::Stats;
use crate::supervisor::Supervisor;
use crate::token::{Token, TokenProvider};

/// A client that holds one connection.
///
/// The handle is cheap to clone and may be used from any thread. A task on the tokio runtime does
/// the work; it ends, with a goodbye to the server, when the last handle is dropped.
///
/// No method blocks. Those that are not `async` only queue what they are asked. Those that are can
/// be polled by any executor, and dropped at any time without losing anything.
#[derive(Debug, Clone)]
pub struct SignalClient {
    pub(crate) shared: Arc<Shared>,
    commands: mpsc::UnboundedSender<Command>,
    pub(crate) requests: Arc<RequestIds>,
    /// The runtime of the task, for timers: any executor may poll the client's futures.
    pub(crate) runtime: Handle,
}

/// Makes a client with more than a configuration.
#[derive(Debug)]
pub struct Builder {
    config: SignalConfig,
    extras: Extras,
}

/// What is not plain data in a client's making.
#[derive(Default)]
struct Extras {
    provider: Option<Arc<dyn TokenProvider>>,
    dialer: Option<Arc<dyn Dial>>,
    anchors: TrustAnchors,
    jitter_seed: Option<u64>,
}

impl std::fmt::Debug for Extras {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Extras")
            .field("provider", &self.provider.is_some())
            .field("dialer", &self.dialer.is_some())
            .field("anchors", &self.anchors)
            .field("jitter_seed", &self.jitter_seed)
            .finish()
    }
}

impl Builder {
    /// Sets where tokens come from.
    #[must_use]
    pub fn token_provider(mut self, provider: impl TokenProvider) -> Self {
        self.extras.provider = Some(Arc::new(provider));
        self
    }

    /// Sets another way to connect, such as one in memory for tests.
    #[must_use]
    pub fn dialer(mut self, dialer: impl Dial) -> Self {
        self.extras.dialer = Some(Arc::new(dialer));
        self
    }

    /// Sets whose certificates the server's may go back to, in place of the system's trust store:
    /// on Android, whose store only Java can read. `load` returns certificates in DER, or tells why
    /// it cannot; it is called once, by [`build`](Self::build), and only where TLS is needed.
    /// Certificates that cannot be read are left out; if none is left,
    /// [`build`](Self::build) fails.
    #[must_use]
    pub fn trust_anchors(
        mut self,
        load: impl FnOnce() -> Result<Vec<Vec<u8>>, String> + Send + Sync + 'static,
    ) -> Self {
        self.extras.anchors = TrustAnchors::Host(Box::new(load));
        self
    }

    /// Makes the delays between attempts reproducible. Keys are not affected.
    #[must_use]
    pub fn jitter_seed(mut self, seed: u64) -> Self {
        self.extras.jitter_seed = Some(seed);
        self
    }

    /// Checks the configuration and starts the client's task, on the tokio runtime that this is
    /// called in.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn build(self) -> Result<(SignalClient, SignalEvents), ConfigError> {
        let Self { config, extras } = self;
        let mut settings = Settings::check(config, extras.anchors)?;
        let dialer = match extras.dialer {
            Some(dialer) => dialer,
            None => Arc::new(SystemDialer::new(settings.tls.take(), settings.proxy.take())),
        };
        let (delivery, events) = delivery::channel(settings.queue);
        let shared = Arc::new(Shared::new(settings, delivery));
        let (commands, receiver) = mpsc::unbounded_channel();
        let supervisor = Box::new(Supervisor {
            shared: Arc::clone(&shared),
            control: Control::new(receiver),
            dialer,
            provider: extras.provider,
            rng: extras.jitter_seed.map_or_else(rand::make_rng, Xoshiro256PlusPlus::seed_from_u64),
        });
        let runtime = Handle::current();
        runtime.spawn(supervisor.run());
        let requests = Arc::new(RequestIds::new(&mut rand::rng()));
        Ok((SignalClient { shared, commands, requests, runtime }, events))
    }
}

impl SignalClient {
    /// Makes a client, disconnected, and the stream of its events. Must be called in a tokio
    /// runtime.
    ///
    /// Take the events, or drop the stream: with [`OverflowPolicy::Backpressure`], the default,
    /// events that nobody takes stop the connection from reading.
    ///
    /// [`OverflowPolicy::Backpressure`]: crate::OverflowPolicy::Backpressure
    pub fn new(config: SignalConfig) -> Result<(Self, SignalEvents), ConfigError> {
        Self::builder(config).build()
    }

    /// Makes a client with a token provider, or another dialer.
    pub fn builder(config: SignalConfig) -> Builder {
        Builder { config, extras: Extras::default() }
    }

    /// Connects, and waits until a session is authenticated. Attempts that fail are repeated as
    /// configured; [`disconnect`](Self::disconnect) stops them, dropping this future does not.
    ///
    /// Returns at once if the client is connected.
    pub async fn connect(&self) -> Result<Session, ConnectError> {
        let (reply, result) = oneshot::channel();
        // A task that is gone answers nobody.
        let gone = || Err(ConnectError::Failed(self.shared.end()));
        if self.commands.send(Command::Connect(reply)).is_err() {
            return gone();
        }
        result.await.unwrap_or_else(|_| gone())
    }

    /// Disconnects and stops reconnecting. Returns when the connection is closed, within 100 ms
    /// or so in every state; what was accepted for sending goes out before if the network takes
    /// it that fast.
    ///
    /// Rooms, the token and messages with a time to live are kept for the next
    /// [`connect`](Self::connect).
    pub async fn disconnect(&self) {
        let (reply, done) = oneshot::channel();
        if self.commands.send(Command::Disconnect(reply)).is_ok() {
            // If the task is gone, so is the connection.
            let _ = done.await;
        }
    }

    /// Ends the client for good, as dropping the last handle does, whoever else has one: it says
    /// goodbye to the server, fails what waits, and ends the stream of events.
    pub fn close(&self) {
        // A task that is gone is closed.
        let _ = self.commands.send(Command::Close);
    }

    /// Sends a message now, or fails. Taken means handed to the connection, not received by the
    /// server: what the connection loses is lost, and counted where that can be known.
    pub fn send<T>(&self, event: &str, data: &T) -> Result<(), SendError>
    where
        T: Serialize + ?Sized,
    {
        let message = self.outgoing(event, data, None)?;
        self.push(Entry::Message { message, expires: None })
    }

    /// Sends a message that may wait for a connection, for as long as `ttl`: 1 ms to 24 h. If it
    /// runs out, [`SignalError::MessageExpired`](crate::SignalError::MessageExpired) tells.
    pub fn send_with_ttl<T>(&self, event: &str, data: &T, ttl: Duration) -> Result<(), SendError>
    where
        T: Serialize + ?Sized,
    {
        if !is_allowed(ttl) {
            return Err(SendError::InvalidTtl { ttl, max: MAX_WAIT });
        }
        let message = self.outgoing(event, data, None)?;
        self.push(Entry::Message { message, expires: Some(Instant::now() + ttl) })
    }

    /// Waits until half of the outbox is free; for a message without a time to live (`has_ttl`
    /// false) also until there is no session that it could go out in. After
    /// [`SendError::OutboxFull`], wait here and send again.
    pub async fn outbox_ready(&self, has_ttl: bool) {
        self.shared.outbox.room(has_ttl).await;
    }

    /// Enters rooms, now if connected, and in every session to come. The server does not answer:
    /// a room that it refuses is silence.
    pub fn join<R: AsRef<str>>(&self, rooms: impl IntoIterator<Item = R>) -> Result<(), RoomError> {
        let rooms = check_rooms(rooms)?;
        let mut wanted = self.shared.rooms.lock();
        let new = rooms.iter().filter(|room| !wanted.contains(*room)).count();
        if wanted.len() + new > MAX_ROOMS {
            return Err(RoomError::TooMany { rooms: wanted.len() + new, limit: MAX_ROOMS });
        }
        self.push_rooms(Entry::Join(rooms.clone()))?;
        wanted.extend(rooms);
        Ok(())
    }

    /// Leaves rooms, now if connected, and does not enter them again.
    pub fn leave<R: AsRef<str>>(
        &self,
        rooms: impl IntoIterator<Item = R>,
    ) -> Result<(), RoomError> {
        let rooms = check_rooms(rooms)?;
        let mut wanted = self.shared.rooms.lock();
        self.push_rooms(Entry::Leave(rooms.clone()))?;
        for room in &rooms {
            wanted.remove(room);
        }
        Ok(())
    }

    /// The rooms that the client wants to be in.
    pub fn rooms(&self) -> Vec<RoomName> {
        self.shared.rooms.lock().iter().cloned().collect()
    }

    /// Sets the token for the next session; the present one goes on. After
    /// [`CloseReason::AuthRejected`](crate::CloseReason::AuthRejected), call
    /// [`connect`](Self::connect) again.
    pub fn update_token(&self, token: impl Into<Token>) -> Result<(), EmptyToken> {
        let token = token.into();
        if token.expose().is_empty() {
            return Err(EmptyToken);
        }
        self.shared.set_token(token);
        Ok(())
    }

    /// Tells that there is a network again, or another one. A connection is probed at once; an
    /// attempt under way begins anew; while reconnecting, the next one starts at once.
    pub fn network_available(&self) {
        self.hint(Hint::NetworkAvailable);
    }

    /// Tells that there is no network. A connection is probed at once; attempts stop until
    /// [`network_available`](Self::network_available), [`connect`](Self::connect), or the end of
    /// a connection that outlived the loss.
    pub fn network_lost(&self) {
        self.hint(Hint::NetworkLost);
    }

    /// Tells that the machine or the app slept. A connection is probed before it is trusted; while
    /// reconnecting, or [suspended](Self::suspended), the next attempt starts at once.
    pub fn resumed(&self) {
        self.hint(Hint::Resumed);
    }

    /// Tells that the app is about to sleep, or wants to save power. The connection is closed as by
    /// [`disconnect`](Self::disconnect), and an attempt at one stops; the wish to be connected
    /// stays. [`resumed`](Self::resumed) or [`connect`](Self::connect) connects again, and a
    /// `connect` that waits goes on waiting; `disconnect` ends the wish. Without a wish nothing
    /// happens.
    pub fn suspended(&self) {
        // A task that is gone is not connected.
        let _ = self.commands.send(Command::Suspend);
    }

    /// The state now.
    pub fn state(&self) -> ConnectionState {
        self.shared.state().state
    }

    /// The state, to be watched. Only the latest one is kept: for each of them in turn take the
    /// events.
    pub fn watch_state(&self) -> watch::Receiver<StateChange> {
        self.shared.watch_state()
    }

    /// The session, while one is authenticated.
    pub fn session(&self) -> Option<Session> {
        self.shared.session()
    }

    /// The server's id of this connection, while a session is authenticated.
    pub fn client_id(&self) -> Option<String> {
        self.shared.session().map(|session| session.client_id)
    }

    /// What was counted so far.
    pub fn stats(&self) -> Stats {
        self.shared.stats()
    }

    /// Where the connection stands, why, and what can be done about it, for people. Safe to log:
    /// no token, no key, no payload.
    pub fn explain(&self) -> String {
        explain(&self.shared)
    }

    fn hint(&self, hint: Hint) {
        // A task that is gone needs no hints.
        let _ = self.commands.send(Command::Hint(hint));
    }

    pub(crate) fn outgoing<T>(
        &self,
        event: &str,
        data: &T,
        id: Option<&str>,
    ) -> Result<Outgoing, SendError>
    where
        T: Serialize + ?Sized,
    {
        let message = Outgoing::new(event, data, id)?;
        message.check_size(self.shared.settings.session.max_plaintext_bytes())?;
        Ok(message)
    }

    fn push_rooms(&self, entry: Entry) -> Result<(), RoomError> {
        match self.shared.outbox.push(entry) {
            // Offline there is nothing to leave, and the next session joins what is wanted.
            Ok(()) | Err(Refused::Offline) => Ok(()),
            Err(Refused::Full { .. }) => Err(RoomError::OutboxFull),
        }
    }

    pub(crate) fn push(&self, entry: Entry) -> Result<(), SendError> {
        self.shared.outbox.push(entry).map_err(|refused| match refused {
            Refused::Offline => SendError::NotConnected { state: self.state() },
            Refused::Full { messages, bytes } => {
                let limits = self.shared.settings.outbox;
                let (max_messages, max_bytes) = (limits.entries, limits.bytes);
                SendError::OutboxFull { messages, bytes, max_messages, max_bytes }
            }
        })
    }
}

/// Whether this is a time that something may wait for.
pub(crate) fn is_allowed(wait: Duration) -> bool {
    (Duration::from_millis(1)..=MAX_WAIT).contains(&wait)
}

fn check_rooms<R: AsRef<str>>(
    rooms: impl IntoIterator<Item = R>,
) -> Result<Vec<RoomName>, RoomError> {
    let check = |name: R| {
        let name = name.as_ref();
        RoomName::new(name).map_err(|error| RoomError::InvalidName { name: name.to_owned(), error })
    };
    rooms.into_iter().map(check).collect()
}

//! Keeps the client connected: dials, waits, dials again, and hears the host in every await.

use std::sync::Arc;
use std::time::Duration;

use aldis_protocol::OutgoingError;
use aldis_protocol::client::{ClientSession, EndReason};
use futures_util::FutureExt;
use rand::rngs::{SysRng, Xoshiro256PlusPlus};
use tokio::time::{sleep, timeout};

use crate::close::CloseReason;
use crate::connection::{Connection, Finish};
use crate::control::{Control, Hint, Signal};
use crate::dial::{Dial, DialError};
use crate::error::ConnectError;
use crate::shared::Shared;
use crate::state::{ConnectionState, StateChange};
use crate::token::{Token, TokenError, TokenProvider, TokenRequest};
use crate::upgrade::{Socket, upgrade};

/// The task behind a client's handles.
pub(crate) struct Supervisor {
    pub(crate) shared: Arc<Shared>,
    pub(crate) control: Control,
    pub(crate) dialer: Arc<dyn Dial>,
    pub(crate) provider: Option<Arc<dyn TokenProvider>>,
    /// Jitter only: keys are drawn from the system.
    pub(crate) rng: Xoshiro256PlusPlus,
}

/// Tells everybody of the end, even when the task panics.
struct EndGuard {
    shared: Arc<Shared>,
    reason: CloseReason,
}

impl Drop for EndGuard {
    fn drop(&mut self) {
        self.shared.finish(self.reason.clone());
    }
}

impl Supervisor {
    /// Runs until all handles are gone.
    pub(crate) async fn run(mut self: Box<Self>) {
        let mut guard =
            EndGuard { shared: Arc::clone(&self.shared), reason: CloseReason::Internal };
        while self.wait_for_connect().await {
            let reason = self.stay_connected().await;
            let dropped = matches!(reason, CloseReason::Dropped);
            let error = match &reason {
                CloseReason::Disconnected => ConnectError::Cancelled,
                reason => ConnectError::Failed(reason.clone()),
            };
            if !dropped {
                self.shared.set_state(StateChange::disconnected(reason));
            }
            self.control.connected(&Err(error));
            self.control.disconnected();
            if dropped {
                break;
            }
        }
        guard.reason = CloseReason::Dropped;
    }

    /// Idles while disconnected; false when all handles are gone.
    async fn wait_for_connect(&mut self) -> bool {
        loop {
            match self.next_signal().await {
                Signal::Connect => return true,
                Signal::Stop(CloseReason::Dropped) => return false,
                Signal::Stop(_) => self.control.disconnected(),
                Signal::Hint(_) => {}
            }
        }
    }

    /// Keeps connected while the app is awake; returns why it stopped for good.
    async fn stay_connected(&mut self) -> CloseReason {
        let mut end = self.keep_connected().await;
        while matches!(end, CloseReason::Suspended) {
            self.shared.set_state(StateChange::disconnected(end));
            end = match self.wait_for_resume().await {
                Ok(()) => self.keep_connected().await,
                Err(stop) => stop,
            };
        }
        end
    }

    /// Idles until the app is awake, and then until there is a network.
    async fn wait_for_resume(&mut self) -> Result<(), CloseReason> {
        loop {
            match self.next_signal().await {
                Signal::Connect => return Ok(()),
                Signal::Hint(Hint::Resumed) => {
                    return self.wait_for_retry(CloseReason::Suspended, 0, true).await;
                }
                Signal::Stop(CloseReason::Suspended) | Signal::Hint(_) => {}
                Signal::Stop(stop) => return Err(stop),
            }
        }
    }

    /// The next signal, while messages that wait for a connection may expire.
    async fn next_signal(&mut self) -> Signal {
        loop {
            tokio::select! {
                biased;
                signal = self.control.next() => return signal,
                expired = self.shared.outbox.expired() => self.shared.expire(expired),
            }
        }
    }

    /// Connects again and again; returns why it stopped.
    async fn keep_connected(&mut self) -> CloseReason {
        let (mut attempts, mut failures) = (0, 0);
        // The provider is asked once for each time that the server refuses what was accepted.
        let mut asked = false;
        loop {
            let finish = self.attempt().await;
            attempts += 1;
            if finish.authenticated {
                (attempts, failures, asked) = (0, 0, false);
            }
            let mut reason = finish.reason;
            if matches!(reason, CloseReason::AuthRejected { .. }) && !asked {
                asked = true;
                match self.refresh_token(&reason).await {
                    Some(Ok(())) => continue,
                    // Not answered yet: it is asked again when the token is refused again.
                    Some(Err(error)) => (reason, asked) = (error, false),
                    None => {}
                }
            }
            if !reason.is_retryable() {
                return reason;
            }
            let at_once =
                finish.hinted || matches!(reason, CloseReason::Session(EndReason::RekeyNeeded));
            if !at_once && !matches!(reason, CloseReason::NetworkLost) {
                failures += 1;
                if failures > self.shared.settings.max_retries {
                    let last = Box::new(reason);
                    return CloseReason::RetriesExhausted { attempts, last };
                }
            }
            if let Err(stop) = self.wait_for_retry(reason, failures, at_once).await {
                return stop;
            }
        }
    }

    /// Waits for the time of the next attempt, and for a network if there is none.
    async fn wait_for_retry(
        &mut self,
        reason: CloseReason,
        failures: u32,
        at_once: bool,
    ) -> Result<(), CloseReason> {
        let backoff = &self.shared.settings.backoff;
        let delay = if at_once { Duration::ZERO } else { backoff.delay(failures, &mut self.rng) };
        let mut announced = None;
        let timer = sleep(delay);
        tokio::pin!(timer);
        loop {
            let online = self.control.online();
            if announced != Some(online) {
                announced = Some(online);
                let retry_in = online.then_some(delay);
                let change = StateChange::reconnecting(reason.clone(), failures.max(1), retry_in);
                self.shared.set_state(change);
            }
            let signal = tokio::select! {
                biased;
                signal = self.next_signal() => signal,
                () = &mut timer, if online => return Ok(()),
            };
            match signal {
                Signal::Stop(stop) => return Err(stop),
                Signal::Connect | Signal::Hint(Hint::NetworkAvailable) => return Ok(()),
                Signal::Hint(Hint::Resumed) if self.control.online() => return Ok(()),
                Signal::Hint(_) => {}
            }
        }
    }

    /// One attempt, and the session that comes of it, to its end.
    async fn attempt(&mut self) -> Finish {
        // Boxed: a connection that lives for days should not keep the room that making it took.
        let connection = match Box::pin(self.establish()).await {
            Ok((socket, session)) => {
                self.shared.set_state(StateChange::to(ConnectionState::Authenticating));
                Box::new(Connection::new(&self.shared, &mut self.control, socket, session))
            }
            Err(reason) => return Finish { reason, authenticated: false, hinted: false },
        };
        connection.run().await
    }

    async fn establish(&mut self) -> Result<(Socket, ClientSession), CloseReason> {
        self.shared.counters.attempts.add(1);
        self.shared.set_state(StateChange::to(ConnectionState::Connecting));
        if self.shared.token().is_none() {
            let token = self.fetch_token(TokenRequest::Initial).await?;
            self.shared.set_token(token);
        }
        let socket = self.dial().await?;
        self.shared.set_state(StateChange::to(ConnectionState::Connected));
        let session = self.new_session()?;
        Ok((socket, session))
    }

    /// Dials; anew when the host says that the network has changed.
    async fn dial(&mut self) -> Result<Socket, CloseReason> {
        loop {
            let (dialer, shared) = (Arc::clone(&self.dialer), Arc::clone(&self.shared));
            let dial = async {
                let stream = dialer.dial(&shared.settings.endpoint).await?;
                upgrade(stream, &shared.settings).await
            };
            let limit = shared.settings.dial_timeout;
            tokio::pin! {
                let dial = timeout(limit, dial);
            }
            loop {
                let signal = tokio::select! {
                    biased;
                    signal = self.next_signal() => signal,
                    outcome = &mut dial => {
                        let timed_out = |_| DialError::Timeout { timeout: limit };
                        return Ok(outcome.map_err(timed_out)??);
                    }
                };
                match signal {
                    Signal::Stop(stop) => return Err(stop),
                    Signal::Hint(Hint::NetworkLost) => return Err(CloseReason::NetworkLost),
                    // What was begun on the former network is not waited for.
                    Signal::Hint(_) => break,
                    Signal::Connect => {}
                }
            }
        }
    }

    fn new_session(&self) -> Result<ClientSession, CloseReason> {
        let settings = &self.shared.settings;
        let token = self.shared.token().ok_or(TokenError::Missing)?.token;
        let config = Arc::clone(&settings.session);
        let rng = &mut rand_core::UnwrapErr(SysRng);
        let now = tokio::time::Instant::now().into_std();
        ClientSession::new(config, token.expose(), Vec::new(), rng, now).map_err(
            |error| match error {
                OutgoingError::TooLarge { size, limit } => {
                    TokenError::TooLong { size, limit }.into()
                }
                _ => CloseReason::Internal,
            },
        )
    }

    /// Asks the provider for another token than the refused one. `None` without a provider.
    async fn refresh_token(&mut self, reason: &CloseReason) -> Option<Result<(), CloseReason>> {
        self.provider.as_ref()?;
        let retry = StateChange::reconnecting(reason.clone(), 1, Some(Duration::ZERO));
        self.shared.set_state(retry);
        Some(match self.fetch_token(TokenRequest::Refused).await {
            Ok(token) => {
                self.shared.set_token(token);
                Ok(())
            }
            Err(reason) => Err(reason),
        })
    }

    async fn fetch_token(&mut self, request: TokenRequest) -> Result<Token, CloseReason> {
        let provider = Arc::clone(self.provider.as_ref().ok_or(TokenError::Missing)?);
        let limit = self.shared.settings.token_timeout;
        // The host's code may panic: that is an error of its own, not the end of the client.
        let fetch = std::panic::AssertUnwindSafe(async move { provider.token(request).await });
        tokio::pin! {
            let fetch = timeout(limit, fetch.catch_unwind());
        }
        loop {
            let signal = tokio::select! {
                biased;
                signal = self.next_signal() => signal,
                fetched = &mut fetch => {
                    let fetched = fetched.map_err(|_| TokenError::Timeout)?;
                    let fetched = fetched.map_err(|_| TokenError::Panicked)?;
                    let token = fetched.map_err(|error| TokenError::Provider(error.to_string()))?;
                    let empty = token.expose().is_empty();
                    return if empty { Err(TokenError::Missing.into()) } else { Ok(token) };
                }
            };
            match signal {
                Signal::Stop(stop) => return Err(stop),
                Signal::Connect | Signal::Hint(_) => {}
            }
        }
    }
}

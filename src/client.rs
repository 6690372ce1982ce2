//! The object that hosts hold.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use serde_json::value::RawValue;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use crate::config::{SignalConfig, TrustAnchors};
use crate::delivery::{self, Gate};
use crate::engine::Engine;
use crate::error::{
    Closed, ConfigError, ConnectError, RequestError, RoomError, SendError, TokenError,
};
use crate::event::{ConnectionState, Message, Session, StateChange};
use crate::jvm::android_anchors;
use crate::lane::{self, Requests};
use crate::listener::{SignalListener, TokenProvider, TokenRequest};
use crate::stats::Stats;

/// A client that holds one connection. See [`aldis_client::SignalClient`].
///
/// Every method may be called from any thread, also inside the listener, and none blocks. The
/// host ends the client by [`shutdown`](Self::shutdown); dropping it does the same.
#[derive(Debug, uniffi::Object)]
pub struct SignalClient {
    core: Arc<Core>,
}

/// What the object shares with its tasks.
#[derive(Debug)]
pub(crate) struct Core {
    /// `None` after the end. The handle is what keeps the connection.
    client: RwLock<Option<aldis_client::SignalClient>>,
    /// Ends what waits.
    closed: CancellationToken,
    gate: Arc<Gate>,
    /// Where the host is called. It does not keep the engine's threads.
    dispatcher: Handle,
    /// Those that came by the lane.
    requests: Requests,
}

impl Core {
    /// Does something with the client, unless it was shut down. Must not wait.
    pub(crate) fn with<T>(
        &self,
        action: impl FnOnce(&aldis_client::SignalClient) -> T,
    ) -> Result<T, Closed> {
        let client = self.client.read().unwrap_or_else(PoisonError::into_inner);
        client.as_ref().map(action).ok_or(Closed)
    }

    /// Waits for something that the client does, or for its end.
    async fn wait<T, F, Fut>(&self, action: F) -> Result<T, Closed>
    where
        F: FnOnce(aldis_client::SignalClient) -> Fut,
        Fut: Future<Output = T>,
    {
        let client = self.with(Clone::clone)?;
        self.unless_closed(action(client)).await
    }

    /// Waits for something, or for the client's end.
    pub(crate) async fn unless_closed<F: Future>(&self, action: F) -> Result<F::Output, Closed> {
        let done = self.closed.run_until_cancelled(action).await;
        // What the end itself brought about is not the answer.
        done.filter(|_| !self.closed.is_cancelled()).ok_or(Closed)
    }
}

/// What the lane needs.
#[cfg_attr(target_os = "ios", expect(dead_code, reason = "the half of it that speaks JNI"))]
impl Core {
    pub(crate) fn gate(&self) -> &Gate {
        &self.gate
    }

    pub(crate) fn dispatcher(&self) -> &Handle {
        &self.dispatcher
    }

    pub(crate) fn requests(&self) -> &Requests {
        &self.requests
    }
}

#[uniffi::export]
impl SignalClient {
    /// Makes a client, disconnected. The first one of the process starts its threads.
    #[uniffi::constructor]
    pub fn new(
        config: SignalConfig,
        listener: Arc<dyn SignalListener>,
        tokens: Option<Arc<dyn TokenProvider>>,
    ) -> Result<Self, ConfigError> {
        let trust = config.tls.as_ref().and_then(|tls| tls.trust).unwrap_or_default();
        let config = aldis_client::SignalConfig::try_from(config)?;
        let mut builder = aldis_client::SignalClient::builder(config);
        let with_user = trust == TrustAnchors::AndroidSystemAndUser;
        if trust != TrustAnchors::Platform {
            builder = builder.trust_anchors(move || android_anchors(with_user));
        }
        if let Some(tokens) = tokens {
            builder = builder.token_provider(provider(tokens));
        }
        let engine = Engine::shared().map_err(|error| ConfigError::no_threads(&error))?;
        let (client, events) = {
            let _network = engine.network().enter();
            builder.build()?
        };
        let closed = CancellationToken::new();
        let gate = Arc::new(Gate::new(listener, closed.clone()));
        delivery::start(&engine, events, client.watch_state(), &gate);
        let (client, requests) = (RwLock::new(Some(client)), Requests::default());
        let dispatcher = engine.dispatcher().clone();
        let core = Core { client, closed, gate, dispatcher, requests };
        Ok(Self { core: Arc::new(core) })
    }

    /// Connects, and waits until a session is authenticated. Dropping the call stops nothing.
    pub async fn connect(&self) -> Result<Session, ConnectError> {
        let connected = self.core.wait(async |client| client.connect().await).await?;
        Ok(connected?.into())
    }

    /// Disconnects and stops reconnecting; returns when the connection is closed.
    pub async fn disconnect(&self) {
        // A client that was shut down is disconnected.
        let _ = self.core.wait(async |client| client.disconnect().await).await;
    }

    /// Sends a message now, or fails; with `ttl_ms` it may wait that long for a connection.
    /// `data` is JSON text.
    #[uniffi::method(default(ttl_ms = None))]
    pub fn send(&self, event: &str, data: &str, ttl_ms: Option<i64>) -> Result<(), SendError> {
        let data = json(data)?;
        self.core.with(|client| send(client, event, data, ttl_ms))?
    }

    /// Waits until half of the outbox is free; for a message without a time to live also until
    /// there is no session that it could go out in, or the client has ended.
    pub async fn outbox_ready(&self, has_ttl: bool) {
        let _ = self.core.wait(async |client| client.outbox_ready(has_ttl).await).await;
    }

    /// Sends a message and waits for the reply that has its id. `data` is JSON text.
    pub async fn request(
        &self,
        event: String,
        data: String,
        timeout_ms: i64,
    ) -> Result<Message, RequestError> {
        let timeout = duration(timeout_ms);
        let replied = self.core.wait(async |client| -> Result<_, RequestError> {
            let data = json(&data).map_err(|error| RequestError::NotSent { error })?;
            Ok(client.request(&event, data, timeout).await?)
        });
        Ok((&replied.await??).into())
    }

    /// Enters rooms, now if connected, and in every session to come.
    pub fn join(&self, rooms: Vec<String>) -> Result<(), RoomError> {
        Ok(self.core.with(|client| client.join(rooms))??)
    }

    /// Leaves rooms, now if connected, and does not enter them again.
    pub fn leave(&self, rooms: Vec<String>) -> Result<(), RoomError> {
        Ok(self.core.with(|client| client.leave(rooms))??)
    }

    /// The rooms that the client wants to be in; none after the end.
    pub fn rooms(&self) -> Vec<String> {
        let names = |client: &aldis_client::SignalClient| {
            client.rooms().iter().map(ToString::to_string).collect()
        };
        self.core.with(names).unwrap_or_default()
    }

    /// Sets the token for the next session; the present one goes on.
    pub fn update_token(&self, token: String) -> Result<(), TokenError> {
        Ok(self.core.with(|client| client.update_token(token))??)
    }

    /// Tells that there is a network again, or another one.
    pub fn network_available(&self) {
        let _ = self.core.with(aldis_client::SignalClient::network_available);
    }

    /// Tells that there is no network.
    pub fn network_lost(&self) {
        let _ = self.core.with(aldis_client::SignalClient::network_lost);
    }

    /// Tells that the machine or the app slept.
    pub fn resumed(&self) {
        let _ = self.core.with(aldis_client::SignalClient::resumed);
    }

    /// Tells that the app is about to sleep: closes the connection, until it has resumed.
    pub fn suspended(&self) {
        let _ = self.core.with(aldis_client::SignalClient::suspended);
    }

    /// The state now.
    pub fn state(&self) -> StateChange {
        let ended = |Closed| StateChange {
            state: ConnectionState::Disconnected,
            reason: Some((&aldis_client::CloseReason::Dropped).into()),
            attempt: 0,
            retry_in_ms: None,
        };
        let now = |client: &aldis_client::SignalClient| (&*client.watch_state().borrow()).into();
        self.core.with(now).unwrap_or_else(ended)
    }

    /// The session, while one is authenticated.
    pub fn session(&self) -> Option<Session> {
        self.core.with(aldis_client::SignalClient::session).ok().flatten().map(Into::into)
    }

    /// What was counted so far; none after the end.
    pub fn stats(&self) -> Option<Stats> {
        let stats = self.core.with(aldis_client::SignalClient::stats).ok()?;
        Some(Stats::new(&stats, self.core.gate.failures()))
    }

    /// Where the connection stands, why, and what can be done about it, for people. Safe to log.
    pub fn explain(&self) -> String {
        let ended = |Closed| "The client was closed.".to_owned();
        self.core.with(aldis_client::SignalClient::explain).unwrap_or_else(ended)
    }

    /// Takes events again after [`Demand::Pause`](crate::Demand::Pause).
    pub fn resume_delivery(&self) {
        self.core.gate.resume();
    }

    /// Opens the lane for this client and returns its id there: messages come by it from now on,
    /// instead of by [`SignalListener::on_events`]. Open it before the client connects. None
    /// where the host has no end of the lane: then everything goes on without it.
    pub fn open_lane(&self) -> Option<i64> {
        self.core.gate.open_lane(|| lane::open(&self.core))
    }

    /// Tells why a request that went by the lane failed, by failing in the same way. Once, after
    /// the lane has said that there is no reply.
    pub fn lane_failure(&self, ticket: i64) -> Result<(), RequestError> {
        self.core.requests.take_failure(ticket).map_or(Ok(()), Err)
    }

    /// Ends the client for good: says goodbye to the server, ends what waits, and calls the
    /// listener no more but for the last state. May be called again, and inside the listener.
    pub fn shutdown(&self) {
        // Gone before anybody is told of it: who hears that the client was closed finds it so.
        let client = self.core.client.write().unwrap_or_else(PoisonError::into_inner).take();
        self.core.closed.cancel();
        if let Some(lane) = self.core.gate.lane() {
            lane::close(lane);
        }
        if let Some(client) = client {
            // Dropping it would not do: a call that waits, and that nobody polls at the time, holds
            // a handle too.
            client.close();
        }
    }
}

impl Drop for SignalClient {
    fn drop(&mut self) {
        self.shutdown();
    }
}

/// Checks that a payload is JSON; it is sent as it is.
fn json(data: &str) -> Result<&RawValue, SendError> {
    serde_json::from_str(data).map_err(|error| {
        aldis_client::SendError::from(aldis_client::OutgoingError::from(error)).into()
    })
}

/// A time of the host's; a negative one is none, which the client refuses.
pub(crate) fn duration(millis: i64) -> Duration {
    Duration::from_millis(millis.try_into().unwrap_or(0))
}

pub(crate) fn send(
    client: &aldis_client::SignalClient,
    event: &str,
    data: &RawValue,
    ttl_ms: Option<i64>,
) -> Result<(), SendError> {
    match ttl_ms {
        None => client.send(event, data)?,
        Some(ttl) => client.send_with_ttl(event, data, duration(ttl))?,
    }
    Ok(())
}

fn provider(tokens: Arc<dyn TokenProvider>) -> impl aldis_client::TokenProvider {
    move |request: aldis_client::TokenRequest| {
        let tokens = Arc::clone(&tokens);
        async move { tokens.token(TokenRequest::from(request)).await }
    }
}

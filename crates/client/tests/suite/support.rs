//! What the themes share: a world of one client and one scripted server under virtual time.

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aldis_client::dial::{BoxIo, Dial, DialFuture, Endpoint};
use aldis_client::{
    Builder, ConnectionState, Message, SignalClient, SignalConfig, SignalError, SignalEvent,
    SignalEvents, StateChange,
};
use aldis_testkit::{Acceptance, Authenticate, Incoming, MemoryNetwork, Peer};
use aldis_testkit::{ScriptError, ScriptedServer};
use tokio::io::DuplexStream;
use tokio::time::{Instant, timeout};

pub(crate) type Scripted = Result<(), ScriptError>;

/// Longer than any test needs; a test that waits for something that never comes fails by it.
const HANG: Duration = Duration::from_hours(12);

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const HOUR: Duration = Duration::from_hours(1);

/// tokio's timers are exact to a millisecond, which they round up.
pub(crate) const TICK: Duration = Duration::from_millis(2);

/// Runs a test under a paused clock, with a guard against hanging.
pub(crate) fn sim<F: Future>(test: F) -> F::Output {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    // The test has its turn after every task, and so sees every state.
    builder.enable_all().start_paused(true).event_interval(1);
    let runtime = builder.build().unwrap();
    runtime.block_on(async { timeout(HANG, test).await.expect("the test hangs") })
}

/// Awaits, and tells the virtual time that it took.
pub(crate) async fn timed<T>(future: impl Future<Output = T>) -> (T, Duration) {
    let start = Instant::now();
    (future.await, start.elapsed())
}

pub(crate) fn config() -> SignalConfig {
    let mut config = SignalConfig::new("ws://localhost/ws").token("first");
    config.jitter = false;
    config
}

/// A client, its events, and the server that it dials in memory.
pub(crate) struct World {
    pub(crate) client: SignalClient,
    pub(crate) events: SignalEvents,
    pub(crate) network: MemoryNetwork,
    pub(crate) server: ScriptedServer,
}

impl World {
    pub(crate) fn new<F, R>(script: F) -> Self
    where
        F: Fn(Peer) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Scripted> + Send + 'static,
    {
        Self::with(config(), |builder| builder, script)
    }

    pub(crate) fn with<F, R>(
        config: SignalConfig,
        build: impl FnOnce(Builder) -> Builder,
        script: F,
    ) -> Self
    where
        F: Fn(Peer) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Scripted> + Send + 'static,
    {
        let network = MemoryNetwork::new();
        let server = ScriptedServer::start_in(&network, script);
        Self::start(config, build, network, server)
    }

    /// With a script that begins before the upgrade.
    pub(crate) fn raw<F, R>(config: SignalConfig, script: F) -> Self
    where
        F: Fn(Incoming) -> R + Send + Sync + 'static,
        R: Future<Output = Scripted> + Send + 'static,
    {
        let network = MemoryNetwork::new();
        let server = ScriptedServer::start_raw_in(&network, script);
        Self::start(config, |builder| builder, network, server)
    }

    fn start(
        config: SignalConfig,
        build: impl FnOnce(Builder) -> Builder,
        network: MemoryNetwork,
        server: ScriptedServer,
    ) -> Self {
        let builder = SignalClient::builder(config).dialer(network.clone());
        let (client, events) = build(builder).build().unwrap();
        Self { client, events, network, server }
    }

    pub(crate) async fn wait_for(&self, state: ConnectionState) -> StateChange {
        let mut watch = self.client.watch_state();
        watch.wait_for(|now| now.state == state).await.unwrap().clone()
    }

    /// Waits until the state is another one than authenticated, then authenticated again.
    pub(crate) async fn reconnected(&self) {
        let mut watch = self.client.watch_state();
        let gone = |now: &StateChange| now.state != ConnectionState::Authenticated;
        watch.wait_for(gone).await.unwrap();
        self.wait_for(ConnectionState::Authenticated).await;
    }

    /// The next message, whatever else comes before it.
    pub(crate) async fn message(&mut self) -> Message {
        self.find(|event| match event {
            SignalEvent::Message(message) => Some(message),
            _ => None,
        })
        .await
    }

    /// The next report of an error, whatever else comes before it.
    pub(crate) async fn error(&mut self) -> SignalError {
        self.find(|event| match event {
            SignalEvent::Error(error) => Some(error),
            _ => None,
        })
        .await
    }

    /// The next change to a state, whatever else comes before it.
    pub(crate) async fn change_to(&mut self, state: ConnectionState) -> StateChange {
        self.find(|event| match event {
            SignalEvent::State(change) if change.state == state => Some(change),
            _ => None,
        })
        .await
    }

    async fn find<T>(&mut self, pick: impl Fn(SignalEvent) -> Option<T>) -> T {
        loop {
            let event = self.events.next().await.expect("the stream of events goes on");
            if let Some(found) = pick(event) {
                return found;
            }
        }
    }

    /// Says goodbye, and fails with the script that failed.
    pub(crate) async fn finish(self) {
        self.client.disconnect().await;
        self.server.finish().await.unwrap();
    }
}

/// Dials once, straight to a script, without the relay and the buffers of a network.
pub(crate) struct Direct(Mutex<Option<DuplexStream>>);

impl Direct {
    pub(crate) fn to(stream: DuplexStream) -> Self {
        Self(Mutex::new(Some(stream)))
    }
}

impl Dial for Direct {
    fn dial<'a>(&'a self, _: &'a Endpoint) -> DialFuture<'a> {
        let stream = self.0.lock().unwrap().take().expect("one dial");
        Box::pin(async { Ok(Box::new(stream) as BoxIo) })
    }
}

/// Lets the client in, with the default answer.
pub(crate) async fn admitted(mut peer: Peer) -> Result<Peer, ScriptError> {
    let authenticate = peer.expect_authenticate().await?;
    peer.accept(&authenticate, &Acceptance::new()).await?;
    Ok(peer)
}

/// Lets the client in and sends back every event that it sends.
pub(crate) async fn honest(peer: Peer) -> Scripted {
    echo(admitted(peer).await?).await
}

pub(crate) async fn echo(mut peer: Peer) -> Scripted {
    while let Some(event) = peer.next_event().await? {
        let data: serde_json::Value = serde_json::from_str(event.data()).unwrap();
        peer.reply(&event, data).await?;
    }
    Ok(())
}

/// Refuses the token, as IGNIS does.
pub(crate) async fn refuse_token(mut peer: Peer) -> Scripted {
    peer.expect_authenticate().await?;
    peer.send_plain("error", serde_json::json!({ "message": "bad token" })).await?;
    peer.close(4003, "authentication failed").await
}

/// Keeps the connection open and never reads from it.
pub(crate) async fn deaf(peer: Peer) -> Scripted {
    std::future::pending::<()>().await;
    drop(peer);
    Ok(())
}

/// What scripts note for the test to look at.
#[derive(Debug)]
pub(crate) struct Notes<T>(Arc<Mutex<Vec<T>>>);

impl<T> Clone for Notes<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Notes<T> {
    pub(crate) fn new() -> Self {
        Self(Arc::default())
    }

    pub(crate) fn add(&self, note: T) {
        self.0.lock().unwrap().push(note);
    }

    pub(crate) fn take(&self) -> Vec<T> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

/// Notes what every connection authenticates with.
pub(crate) async fn noted(mut peer: Peer, notes: Notes<Authenticate>) -> Result<Peer, ScriptError> {
    let authenticate = peer.expect_authenticate().await?;
    peer.accept(&authenticate, &Acceptance::new()).await?;
    notes.add(authenticate);
    Ok(peer)
}

pub(crate) fn number(message: &Message) -> usize {
    message.decode().unwrap()
}

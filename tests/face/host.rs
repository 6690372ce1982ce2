//! A host in Rust: its listener hands every call on to the test.

use std::future::Future;
use std::panic::resume_unwind;
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use aldis::{
    ConnectionState, Demand, ListenerError, Message, Session, SignalClient, SignalConfig,
    SignalError, SignalEvent, SignalListener, StateChange, TokenProvider,
};
use tokio::sync::mpsc;

/// Far above anything that happens on a busy machine.
const LIMIT: Duration = Duration::from_mins(1);

/// Above the guard of [`within`], so that it is the guard that tells what is missing.
pub(crate) const REPLY_TIMEOUT_MS: i64 = 600_000;

/// Waits for something that has to happen. Panics, naming it, when it does not.
pub(crate) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    let outcome = tokio::time::timeout(LIMIT, future).await;
    outcome.unwrap_or_else(|_| panic!("{what}: nothing in {LIMIT:?}"))
}

/// Waits for what only a look can tell.
pub(crate) async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let looking = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    within(what, looking).await;
}

/// One call of the listener.
#[derive(Debug, Clone)]
pub(crate) enum Call {
    Events(Vec<SignalEvent>),
    State(StateChange),
    Error(SignalError),
}

impl Call {
    /// The messages that it hands over.
    pub(crate) fn messages(&self) -> Vec<Message> {
        let Self::Events(events) = self else { return Vec::new() };
        let message = |event: &SignalEvent| match event {
            SignalEvent::Message { message } => Some(message.clone()),
            _ => None,
        };
        events.iter().filter_map(message).collect()
    }

    /// Whether it hands over a message of that name.
    pub(crate) fn brings(&self, event: &str) -> bool {
        self.messages().iter().any(|message| message.event == event)
    }

    /// Whether it tells of that state, by `on_state`.
    pub(crate) fn tells(&self, state: ConnectionState) -> bool {
        matches!(self, Self::State(change) if change.state == state)
    }
}

/// How a call of the listener ends.
pub(crate) enum Answer {
    More,
    Pause,
    Fail,
    Panic,
}

/// What the listener does in a call, after the test was told of it. It runs on the dispatcher.
pub(crate) type Reaction = Box<dyn Fn(&SignalClient, &Call) -> Answer + Send + Sync>;

struct Listener {
    calls: mpsc::UnboundedSender<Call>,
    react: Reaction,
    /// Weak, as a client holds its listener.
    client: OnceLock<Weak<SignalClient>>,
}

impl Listener {
    fn take(&self, call: &Call) -> Result<Demand, ListenerError> {
        let client = self.client.get().and_then(Weak::upgrade);
        let _ = self.calls.send(call.clone());
        // The last call may come when the test has let go of the client.
        match client.map_or(Answer::More, |client| (self.react)(&client, call)) {
            Answer::More => Ok(Demand::More),
            Answer::Pause => Ok(Demand::Pause),
            Answer::Fail => Err(ListenerError::Failed { detail: "as asked".to_owned() }),
            // Without the hook's message, which would look like a failed test.
            Answer::Panic => resume_unwind(Box::new("as asked")),
        }
    }
}

impl SignalListener for Listener {
    fn on_events(&self, events: Vec<SignalEvent>) -> Result<Demand, ListenerError> {
        self.take(&Call::Events(events))
    }

    fn on_state(&self, change: StateChange) -> Result<(), ListenerError> {
        self.take(&Call::State(change)).map(drop)
    }

    fn on_error(&self, error: SignalError) -> Result<(), ListenerError> {
        self.take(&Call::Error(error)).map(drop)
    }
}

/// The defaults, but for retries, which come fast and do not end before the test does.
pub(crate) fn config(url: impl Into<String>, token: &str) -> SignalConfig {
    SignalConfig {
        token: Some(token.to_owned()),
        base_interval_ms: Some(20),
        max_interval_ms: Some(100),
        max_retries: Some(1_000_000),
        ..bare_config(url)
    }
}

/// The defaults, and no retries.
pub(crate) fn config_of_one_try(url: impl Into<String>, token: &str) -> SignalConfig {
    SignalConfig { max_retries: Some(0), ..config(url, token) }
}

/// What a host has that sets nothing but the URL.
pub(crate) fn bare_config(url: impl Into<String>) -> SignalConfig {
    SignalConfig {
        url: url.into(),
        token: None,
        rooms: Vec::new(),
        info: None,
        key_field: None,
        server_key: None,
        allow_plaintext: None,
        allow_insecure: None,
        headers: Vec::new(),
        heartbeat_interval_ms: None,
        pong_timeout_ms: None,
        probe_timeout_ms: None,
        dial_timeout_ms: None,
        authentication_timeout_ms: None,
        token_timeout_ms: None,
        max_retries: None,
        base_interval_ms: None,
        backoff_multiplier: None,
        max_interval_ms: None,
        jitter: None,
        max_queued_events: None,
        max_queued_bytes: None,
        overflow: None,
        max_outbox_messages: None,
        max_outbox_bytes: None,
        max_pending_requests: None,
        max_frame_bytes: None,
        max_inbound_bytes: None,
        tls: None,
        proxy: None,
    }
}

/// A client, and the calls of its listener that the test has not seen yet.
pub(crate) struct Host {
    pub(crate) client: Arc<SignalClient>,
    pub(crate) calls: Calls,
}

impl Host {
    /// Makes a client whose listener takes everything.
    pub(crate) fn new(config: SignalConfig) -> Self {
        Self::reacting(config, |_, _| Answer::More)
    }

    /// Makes a client whose listener does something in its calls.
    pub(crate) fn reacting(
        config: SignalConfig,
        react: impl Fn(&SignalClient, &Call) -> Answer + Send + Sync + 'static,
    ) -> Self {
        Self::with(config, None, Box::new(react))
    }

    /// Makes a client that asks for its tokens.
    pub(crate) fn asking(config: SignalConfig, tokens: Arc<dyn TokenProvider>) -> Self {
        Self::with(config, Some(tokens), Box::new(|_, _| Answer::More))
    }

    fn with(config: SignalConfig, tokens: Option<Arc<dyn TokenProvider>>, react: Reaction) -> Self {
        let (sender, calls) = mpsc::unbounded_channel();
        let listener = Arc::new(Listener { calls: sender, react, client: OnceLock::new() });
        let as_listener: Arc<dyn SignalListener> = Arc::clone(&listener) as _;
        let client = Arc::new(SignalClient::new(config, as_listener, tokens).unwrap());
        listener.client.set(Arc::downgrade(&client)).unwrap();
        Self { client, calls: Calls { calls } }
    }

    /// Makes a client and connects it; its listener takes everything.
    pub(crate) async fn connected(url: impl Into<String>, token: &str) -> Self {
        let mut host = Self::new(config(url, token));
        host.connect().await;
        host
    }

    /// Connects, and waits until the listener has heard of it, by events and by `on_state`.
    pub(crate) async fn connect(&mut self) -> Session {
        let session = within("a session", self.client.connect()).await.unwrap();
        let (mut by_event, mut by_state) = (false, false);
        while !(by_event && by_state) {
            let call = self.calls.next().await;
            by_state |= call.tells(ConnectionState::Authenticated);
            if let Call::Events(events) = &call {
                by_event |= events.iter().any(|e| matches!(e, SignalEvent::Connected { .. }));
            }
        }
        session
    }

    /// Asks the server for an echo, the proof that everything works.
    pub(crate) async fn assert_works(&self) {
        let reply = self.client.request("echo".into(), r#""there?""#.into(), REPLY_TIMEOUT_MS);
        assert_eq!(within("an echo", reply).await.unwrap().data, r#""there?""#);
    }
}

/// The calls of one listener, in order.
pub(crate) struct Calls {
    calls: mpsc::UnboundedReceiver<Call>,
}

impl Calls {
    /// The next call.
    pub(crate) async fn next(&mut self) -> Call {
        within("a call of the listener", self.calls.recv()).await.expect("the listener is alive")
    }

    /// The next call that `is_it`; those before it are passed over.
    pub(crate) async fn find(&mut self, is_it: impl Fn(&Call) -> bool) -> Call {
        self.pick("a call", |call| is_it(&call).then_some(call)).await
    }

    /// The next call of `on_state` with that state.
    pub(crate) async fn state(&mut self, state: ConnectionState) -> StateChange {
        let wanted = |call| match call {
            Call::State(change) if change.state == state => Some(change),
            _ => None,
        };
        self.pick("a state", wanted).await
    }

    /// The next change to that state among the events, which leave none out.
    pub(crate) async fn passed(&mut self, state: ConnectionState) -> StateChange {
        let wanted = |event| match event {
            SignalEvent::State { change } if change.state == state => Some(change),
            _ => None,
        };
        let wanted = |call| match call {
            Call::Events(events) => events.into_iter().find_map(wanted),
            _ => None,
        };
        self.pick("a state among the events", wanted).await
    }

    /// Messages, from the next call with any of them on, until there are `count`.
    pub(crate) async fn messages(&mut self, count: usize) -> Vec<Message> {
        let mut messages = Vec::new();
        let enough = |call: Call| {
            messages.extend(call.messages());
            (messages.len() >= count).then_some(())
        };
        self.pick("messages", enough).await;
        messages
    }

    async fn pick<T>(&mut self, what: &str, mut pick: impl FnMut(Call) -> Option<T>) -> T {
        let picked = async {
            loop {
                if let Some(picked) = pick(self.next().await) {
                    return picked;
                }
            }
        };
        within(what, picked).await
    }

    /// A call that came already.
    pub(crate) fn ready(&mut self) -> Option<Call> {
        self.calls.try_recv().ok()
    }

    /// The remaining calls, up to the end of the listener, that comes with the end of its client.
    pub(crate) async fn until_the_end(mut self) -> Vec<Call> {
        let mut rest = Vec::new();
        let all = async {
            while let Some(call) = self.calls.recv().await {
                rest.push(call);
            }
        };
        within("the end of the listener", all).await;
        rest
    }
}

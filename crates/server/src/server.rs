//! The server itself, and how it is built.

use std::fmt;
use std::sync::Arc;

use aldis_protocol::handshake::KeyPair;
use aldis_protocol::server::ServerConfig as SessionConfig;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::auth::{Authenticator, DynAuthenticator};
use crate::config::{Config, ConfigError};
use crate::handle::ServerHandle;
use crate::handler::{DynHandler, Handler};
use crate::http;
use crate::metrics::Metrics;
use crate::registry::Registry;
use crate::rooms::{DynRoomPolicy, NoRooms, RoomPolicy};

/// A server. Clones are the same server.
///
/// It is started by [`bind`](Self::bind), or mounted into another axum application by
/// [`router`](Self::router), or fed with streams by [`serve_stream`](Self::serve_stream).
#[derive(Clone)]
pub struct Server {
    pub(crate) shared: Arc<Shared>,
}

/// What all parts of one server share.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) session: Arc<SessionConfig>,
    pub(crate) authenticator: Arc<dyn DynAuthenticator>,
    /// Whether the authenticator must not be reached from other machines.
    pub(crate) loopback_only: bool,
    pub(crate) policy: Arc<dyn DynRoomPolicy>,
    pub(crate) handler: Arc<dyn DynHandler>,
    pub(crate) registry: Registry,
    pub(crate) metrics: Metrics,
    pub(crate) shutdown: CancellationToken,
    /// Every task that must end before the server has.
    pub(crate) tasks: TaskTracker,
}

/// The keys of one handshake.
pub(crate) enum Keys {
    Fresh(KeyPair),
    Static(Arc<KeyPair>),
}

impl std::ops::Deref for Keys {
    type Target = KeyPair;

    fn deref(&self) -> &KeyPair {
        match self {
            Self::Fresh(keys) => keys,
            Self::Static(keys) => keys,
        }
    }
}

impl Shared {
    /// The server's keys for one handshake.
    pub(crate) fn keys(&self) -> Keys {
        match &self.config.static_key {
            Some(keys) => Keys::Static(Arc::clone(keys)),
            None => Keys::Fresh(KeyPair::generate(&mut rand::rng())),
        }
    }

    pub(crate) fn start_shutdown(&self) {
        self.shutdown.cancel();
        self.tasks.close();
    }
}

impl Server {
    /// Starts to build a server.
    pub fn builder() -> ServerBuilder {
        ServerBuilder {
            config: Config::default(),
            authenticator: None,
            loopback_only: false,
            policy: Arc::new(NoRooms),
            handler: Arc::new(()),
        }
    }

    /// A handle to publish and look with.
    pub fn handle(&self) -> ServerHandle {
        ServerHandle::new(Arc::clone(&self.shared))
    }

    /// The server's routes, for mounting into another axum application: the WebSocket, and
    /// `/healthz`, `/metrics` and `/api/publish`.
    ///
    /// Without an API key publishing needs to know that the caller is on loopback: serve the
    /// application with `into_make_service_with_connect_info::<SocketAddr>()`. When it ends, call
    /// [`ServerHandle::shutdown`].
    pub fn router(&self) -> axum::Router {
        http::router(Arc::clone(&self.shared))
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("config", &self.shared.config).finish_non_exhaustive()
    }
}

/// Builds a [`Server`].
#[must_use]
pub struct ServerBuilder {
    config: Config,
    authenticator: Option<Arc<dyn DynAuthenticator>>,
    loopback_only: bool,
    policy: Arc<dyn DynRoomPolicy>,
    handler: Arc<dyn DynHandler>,
}

impl ServerBuilder {
    /// Settings other than the defaults.
    pub fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// Who may come in. Needed.
    pub fn authenticator(mut self, authenticator: impl Authenticator) -> Self {
        self.loopback_only = authenticator.is_insecure();
        self.authenticator = Some(Arc::new(authenticator));
        self
    }

    /// Who may enter which room; nobody any by default ([`NoRooms`]).
    pub fn room_policy(mut self, policy: impl RoomPolicy) -> Self {
        self.policy = Arc::new(policy);
        self
    }

    /// What happens with messages; by default all are refused.
    pub fn handler(mut self, handler: impl Handler) -> Self {
        self.handler = Arc::new(handler);
        self
    }

    /// Checks the settings and builds the server. It does nothing until it is started.
    pub fn build(self) -> Result<Server, ConfigError> {
        self.config.validate()?;
        let authenticator = self.authenticator.ok_or(ConfigError::NoAuthenticator)?;
        let shared = Shared {
            session: Arc::new(self.config.session()),
            config: self.config,
            authenticator,
            loopback_only: self.loopback_only,
            policy: self.policy,
            handler: self.handler,
            registry: Registry::default(),
            metrics: Metrics::new(),
            shutdown: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        Ok(Server { shared: Arc::new(shared) })
    }
}

impl fmt::Debug for ServerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerBuilder").field("config", &self.config).finish_non_exhaustive()
    }
}

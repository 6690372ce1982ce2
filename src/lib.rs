//! The Aldis client as a native library, for Kotlin, Swift and whatever else `UniFFI` speaks.
//!
//! A face of [`aldis_client`]: conversion only, no logic of the connection. What hosts of every
//! language share is here; what makes it feel at home in one of them is in `bindings/`.
//!
//! ```text
//! host ──▶ SignalClient (any thread) ──▶ aldis_client ──▶ network threads
//! host ◀── SignalListener · lane      ◀── dispatcher (one thread) ◀── queue
//! ```
//!
//! - [`SignalClient`] is the one long-lived object; everything else is plain data.
//! - [`SignalListener`] is called on the one dispatcher thread of the process, by one call at a
//!   time. A host that cannot take more says [`Demand::Pause`] and is left alone; other clients
//!   are served meanwhile, and the connection's own work never waits for a host.
//! - The threads start with the first client and end with the last one. On the JVM they are
//!   attached for as long as they live, as daemons: they never keep a process alive.
//! - The lane (the module `lane`) is a shortcut beside `UniFFI` for the hot operations.
//! - A panic in here reaches the host as its language's internal error and leaves the process up.

mod cancellation;
mod client;
mod config;
mod delivery;
mod engine;
mod error;
mod event;
#[cfg_attr(target_os = "ios", path = "no_jvm.rs")]
mod jvm;
#[cfg(not(fuzzing))]
mod lane;
#[cfg(fuzzing)]
pub mod lane;
mod listener;
mod logging;
mod stats;

pub use cancellation::Cancellation;
pub use client::SignalClient;
pub use config::{
    Header, OverflowPolicy, SignalConfig, TlsBackend, TlsConfig, TrustAnchors, default_config,
};
pub use error::{ConfigError, ConnectError, RequestError, RoomError, SendError, TokenError};
pub use event::{
    CloseReason, ConnectionState, Message, Session, SignalError, SignalEvent, StateChange,
};
pub use listener::{
    Demand, ListenerError, SignalListener, TokenFailure, TokenProvider, TokenRequest,
};
pub use logging::{LogLevel, set_log};
pub use stats::{DropCounts, Stats};

uniffi::setup_scaffolding!();

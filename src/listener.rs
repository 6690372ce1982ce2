//! What the host implements.

use uniffi::UnexpectedUniFFICallbackError;

use crate::event::{SignalError, SignalEvent, StateChange};

/// Whether the host can take more events now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Demand {
    /// Go on.
    More,
    /// No more until [`SignalClient::resume_delivery`](crate::SignalClient::resume_delivery).
    /// Events wait in the client's queue meanwhile, and when that is full its overflow policy
    /// holds.
    Pause,
}

/// Hears what happens on a connection.
///
/// All calls come on the one dispatcher thread of the process, one at a time, and hold up the
/// other clients of the process while they run: return soon, and say [`Demand::Pause`] rather
/// than wait. A call that fails is counted in
/// [`Stats::listener_failures`](crate::Stats::listener_failures), and delivery goes on.
#[uniffi::export(foreign)]
pub trait SignalListener: Send + Sync {
    /// Takes events in order, all that came while the last call ran. An idle client hands over a
    /// single event at once.
    fn on_events(&self, events: Vec<SignalEvent>) -> Result<Demand, ListenerError>;

    /// Takes the latest state, at once and also while paused, in no order with the events, which
    /// carry every state in its turn.
    fn on_state(&self, change: StateChange) -> Result<(), ListenerError>;

    /// Takes an error, in order with the events.
    fn on_error(&self, error: SignalError) -> Result<(), ListenerError>;
}

/// The host's listener failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum ListenerError {
    /// It threw.
    #[error("the listener failed: {detail}")]
    Failed {
        /// The host's words.
        detail: String,
    },
}

impl From<UnexpectedUniFFICallbackError> for ListenerError {
    fn from(error: UnexpectedUniFFICallbackError) -> Self {
        Self::Failed { detail: error.reason }
    }
}

/// Why a token is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum TokenRequest {
    /// The client has none yet.
    Initial,
    /// The server refused the one it had (close 4003).
    Refused,
}

impl From<aldis_client::TokenRequest> for TokenRequest {
    fn from(request: aldis_client::TokenRequest) -> Self {
        match request {
            aldis_client::TokenRequest::Initial => Self::Initial,
            aldis_client::TokenRequest::Refused => Self::Refused,
        }
    }
}

/// Fetches tokens, from the host's own API for instance. See [`aldis_client::TokenProvider`] for
/// when it is asked.
#[uniffi::export(foreign)]
#[async_trait::async_trait]
pub trait TokenProvider: Send + Sync {
    /// Fetches a token.
    async fn token(&self, request: TokenRequest) -> Result<String, TokenFailure>;
}

/// The host has no token to give.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum TokenFailure {
    /// It threw.
    #[error("{detail}")]
    Failed {
        /// The host's words.
        detail: String,
    },
}

impl From<UnexpectedUniFFICallbackError> for TokenFailure {
    fn from(error: UnexpectedUniFFICallbackError) -> Self {
        Self::Failed { detail: error.reason }
    }
}

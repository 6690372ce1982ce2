//! Who may come in: the [`Authenticator`] trait and those that come with the server.

mod insecure;
mod jwt;
mod jwt_crypto;
mod tokens;

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::Value;
use zeroize::Zeroizing;

pub use insecure::InsecureTokenIsUserId;
pub use jwt::{Jwt, JwtKeyError};
pub use tokens::StaticTokens;

/// Decides by its token who a client is.
///
/// It runs in the connection's task: work that blocks belongs on another thread. After
/// [`Config::authentication_may_take`](crate::Config::authentication_may_take) it is dropped and
/// the client closed with 4001. If it panics, the client is refused.
pub trait Authenticator: Send + Sync + 'static {
    /// Checks a token.
    fn authenticate(&self, token: &str) -> impl Future<Output = Result<User, Rejection>> + Send;

    /// Whether it lets in clients without a secret, so that the server must not be bound to
    /// anything but loopback.
    fn is_insecure(&self) -> bool {
        false
    }
}

/// The user that a token stands for.
#[derive(Clone, PartialEq, Default)]
pub struct User {
    id: Option<Box<str>>,
    claims: Value,
}

impl User {
    /// A user with an id. Its connections can be reached together by it.
    pub fn new(id: impl Into<Box<str>>) -> Self {
        Self { id: Some(id.into()), claims: Value::Null }
    }

    /// A client that is let in without being anybody.
    pub fn anonymous() -> Self {
        Self::default()
    }

    /// Adds what else the token says, for the application's own use.
    #[must_use]
    pub fn with_claims(mut self, claims: Value) -> Self {
        self.claims = claims;
        self
    }

    /// The user's id.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// What the token says besides; `null` if nothing.
    pub fn claims(&self) -> &Value {
        &self.claims
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Claims are the user's private matter.
        f.debug_struct("User").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Why a client is not let in. It hears only which of the two it is; the reason goes to the log,
/// so keep tokens out of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The token is no good.
    #[error("refused: {0}")]
    Refused(Cow<'static, str>),
    /// It could not be checked.
    #[error("failed: {0}")]
    Failed(Cow<'static, str>),
}

impl Rejection {
    /// The token is no good, for this reason.
    pub fn refused(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Refused(reason.into())
    }

    /// The token could not be checked, for this reason.
    pub fn failed(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Failed(reason.into())
    }

    /// A stable name of the rejection for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(_) => "token_refused",
            Self::Failed(_) => "authentication_failed",
        }
    }

    /// What the client is told, in the words of IGNIS.
    pub(crate) fn message(&self) -> &'static str {
        match self {
            Self::Refused(_) => "Authentication failed",
            Self::Failed(_) => "Authentication error",
        }
    }
}

/// An [`Authenticator`] behind a pointer.
pub(crate) trait DynAuthenticator: Send + Sync {
    fn verdict(
        self: Arc<Self>,
        token: Zeroizing<String>,
    ) -> BoxFuture<'static, Result<User, Rejection>>;
}

impl<A: Authenticator> DynAuthenticator for A {
    fn verdict(
        self: Arc<Self>,
        token: Zeroizing<String>,
    ) -> BoxFuture<'static, Result<User, Rejection>> {
        Box::pin(async move { self.authenticate(&token).await })
    }
}

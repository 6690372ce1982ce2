//! Bearer tokens, and where fresh ones come from.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use zeroize::Zeroizing;

/// A bearer token. Wiped from memory on drop, and never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Zeroizing<String>);

impl Token {
    /// Takes a token. An empty one counts as missing when it is used.
    pub fn new(token: impl Into<String>) -> Self {
        Self(Zeroizing::new(token.into()))
    }

    /// The token itself. Handle with care.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl<T: Into<String>> From<T> for Token {
    fn from(token: T) -> Self {
        Self::new(token)
    }
}

/// Why a token is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenRequest {
    /// The client has none yet.
    Initial,
    /// The server refused the one it had (close 4003).
    Refused,
}

/// What a [`TokenProvider`] promises.
pub type TokenFuture<'a> = Pin<
    Box<dyn Future<Output = Result<Token, Box<dyn std::error::Error + Send + Sync>>> + Send + 'a>,
>;

/// Fetches tokens for the client, from the host's own API for instance.
///
/// It is asked when there is no token, and once each time that the server refuses one. It runs
/// on the client's task, which goes on listening to commands meanwhile; after
/// [`token_timeout`](crate::SignalConfig::token_timeout) it is dropped. A failure counts as a
/// failed attempt to connect.
///
/// Closures work too:
///
/// ```
/// # async fn fetch() -> std::io::Result<String> { Ok(String::new()) }
/// let provider = |_request: aldis_client::TokenRequest| async { fetch().await };
/// # fn check(_: impl aldis_client::TokenProvider) {}
/// # check(provider);
/// ```
pub trait TokenProvider: Send + Sync + 'static {
    /// Fetches a token.
    fn token(&self, request: TokenRequest) -> TokenFuture<'_>;
}

impl<F, Fut, T, E> TokenProvider for F
where
    F: Fn(TokenRequest) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<T, E>> + Send + 'static,
    T: Into<Token>,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn token(&self, request: TokenRequest) -> TokenFuture<'_> {
        let token = self(request);
        Box::pin(async move { token.await.map(Into::into).map_err(Into::into) })
    }
}

/// Why there is no token to connect with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// Neither a token nor a provider was given.
    #[error("there is no token: set one, or give a provider of tokens")]
    Missing,
    /// The token does not fit into a message.
    #[error("the token makes a message of {size} bytes; at most {limit} bytes are allowed")]
    TooLong {
        /// Bytes of the message with the token.
        size: usize,
        /// Bytes that are allowed.
        limit: usize,
    },
    /// The provider returned an error.
    #[error("the token provider failed: {0}")]
    Provider(String),
    /// The provider took too long.
    #[error("the token provider did not answer in time")]
    Timeout,
    /// The provider panicked.
    #[error("the token provider panicked")]
    Panicked,
}

impl TokenError {
    /// A stable name of the error for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing => "token_missing",
            Self::TooLong { .. } => "token_too_long",
            Self::Provider(_) => "token_provider_failed",
            Self::Timeout => "token_provider_timeout",
            Self::Panicked => "token_provider_panicked",
        }
    }
}

//! From a URL to a stream that a WebSocket can speak on.

mod endpoint;
mod error;
mod happy_eyeballs;
mod proxy;
mod system;
mod tls;

use std::future::Future;
use std::pin::Pin as StdPin;

use tokio::io::{AsyncRead, AsyncWrite};

pub use endpoint::Endpoint;
pub use error::DialError;
pub(crate) use proxy::ProxyUrl;
pub(crate) use system::SystemDialer;
pub use tls::TlsBackend;
pub(crate) use tls::{InvalidPin, TlsParts, TlsSettings, TrustAnchors};

/// A byte stream in both directions.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Io for T {}

/// Any byte stream.
pub type BoxIo = Box<dyn Io>;

/// What [`Dial::dial`] promises.
pub type DialFuture<'a> = StdPin<Box<dyn Future<Output = Result<BoxIo, DialError>> + Send + 'a>>;

/// Makes the stream that the WebSocket upgrade is then done on, TLS included.
///
/// The client brings one that speaks TCP and TLS. Another one can be set with
/// [`Builder::dialer`](crate::Builder::dialer): tests use one in memory. A dial is dropped when
/// the host disconnects or the time is over, so it must be safe to drop at any await.
pub trait Dial: Send + Sync + 'static {
    /// Connects to an endpoint.
    fn dial<'a>(&'a self, endpoint: &'a Endpoint) -> DialFuture<'a>;
}

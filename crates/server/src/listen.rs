//! Where connections come from: a TCP socket, or any stream.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, ToSocketAddrs};
use tokio::time::{sleep, timeout};
use tower_service::Service;

use crate::handle::ServerHandle;
use crate::server::Server;

/// How long a client may take to send the head of a request.
const HEAD_WITHIN: Duration = Duration::from_secs(10);

/// How long HTTP requests that are being answered may hold up a shutdown.
const HTTP_GRACE: Duration = Duration::from_secs(5);

/// How long to wait when the system has no more sockets to give.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

impl Server {
    /// Listens on a TCP address and serves who connects, in tasks of the current tokio runtime.
    /// Port 0 takes a free one, which [`RunningServer::local_addr`] tells.
    ///
    /// There is no TLS: put a proxy in front, or hand TLS streams to
    /// [`serve_stream`](Self::serve_stream).
    pub async fn bind(&self, addr: impl ToSocketAddrs) -> Result<RunningServer, BindError> {
        let listener = TcpListener::bind(addr).await?;
        let local_addr = listener.local_addr()?;
        if self.shared.loopback_only && !local_addr.ip().is_loopback() {
            return Err(BindError::InsecureAuthenticator { addr: local_addr });
        }
        tracing::info!(%local_addr, "listening");
        let server = self.clone();
        self.shared.tasks.spawn(server.accept_from(listener));
        Ok(RunningServer { server: self.clone(), local_addr })
    }

    async fn accept_from(self, listener: TcpListener) {
        let shutdown = self.shared.shutdown.clone();
        let router = self.router();
        while let Some(accepted) = shutdown.run_until_cancelled(listener.accept()).await {
            match accepted {
                Ok((stream, addr)) => {
                    // Only latency is at stake.
                    let _ = stream.set_nodelay(true);
                    let server = self.clone();
                    let conversation = server.converse(stream, Some(addr), router.clone());
                    self.shared.tasks.spawn(conversation);
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    /// Serves one stream of any kind as if it had come from a socket: TLS, a Unix socket, memory.
    /// Returns when its HTTP is over, be it that it ended or that it became a WebSocket, which
    /// lives on in a task of its own.
    pub async fn serve_stream<S>(&self, stream: S)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        self.clone().converse(stream, None, self.router()).await;
    }

    /// Speaks HTTP/1 on a stream.
    async fn converse<S>(self, stream: S, addr: Option<SocketAddr>, router: axum::Router)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            if let Some(addr) = addr {
                request.extensions_mut().insert(ConnectInfo(addr));
            }
            router.clone().call(request)
        });
        let conversation = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_WITHIN)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        let mut conversation = std::pin::pin!(conversation);
        let ended = tokio::select! {
            ended = &mut conversation => Some(ended),
            () = self.shared.shutdown.cancelled() => {
                conversation.as_mut().graceful_shutdown();
                timeout(HTTP_GRACE, conversation).await.ok()
            }
        };
        if let Some(Err(error)) = ended {
            tracing::debug!(%error, "an HTTP conversation ended early");
        }
    }
}

/// A server that listens. Dropping it starts the shutdown without waiting for its end.
#[derive(Debug)]
pub struct RunningServer {
    server: Server,
    local_addr: SocketAddr,
}

impl RunningServer {
    /// The address that it listens on.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// The URL of its WebSocket.
    pub fn url(&self) -> String {
        format!("ws://{}{}", self.local_addr, self.server.shared.config.path)
    }

    /// A handle to publish and look with.
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Shuts down as [`ServerHandle::shutdown`] does, and closes the listening socket.
    pub async fn shutdown(self) {
        self.handle().shutdown().await;
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        self.server.shared.start_shutdown();
    }
}

/// Why a server does not listen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BindError {
    /// The system refuses the address.
    #[error("cannot listen: {0}")]
    Io(#[from] io::Error),
    /// The authenticator lets in everybody, and the address can be reached from elsewhere.
    #[error("the authenticator is insecure, so only loopback is allowed, and {addr} is not")]
    InsecureAuthenticator {
        /// The refused address.
        addr: SocketAddr,
    },
}

impl BindError {
    /// A stable name of the error for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "address_unavailable",
            Self::InsecureAuthenticator { .. } => "authenticator_insecure",
        }
    }
}

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ServerConfig, SupportedProtocolVersion};

use super::TestCertificate;

/// What the clients of a [`TlsFront`] did so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TlsCounts {
    /// Handshakes that were completed.
    pub completed: u64,
    /// Handshakes that failed: the client refused the certificate, spoke no TLS, or went away.
    pub failed: u64,
    /// Connections that were dropped after the handshake because the server was not reachable.
    pub unreachable: u64,
}

/// A version of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsVersion {
    /// TLS 1.2, the oldest that is still thought safe.
    Tls12,
    /// TLS 1.3.
    Tls13,
}

/// Ends TLS 1.2 and 1.3 on a free loopback port in front of a plain server, so that `wss://` can
/// be tried against any server, with the right certificate and with wrong ones.
///
/// Put a [`FaultProxy`](crate::FaultProxy) before it to disturb the encrypted line. Dropping it
/// stops it and closes its connections.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aldis_testkit::{TestPki, TlsFront};
///
/// let server = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
/// let pki = TestPki::new()?;
/// let front = TlsFront::start(server.local_addr()?, &pki.issue(&["elsewhere.test"])?).await?;
/// let url = format!("wss://localhost:{}/ws", front.addr().port()); // must be refused
/// # let _ = url; Ok(()) }
/// ```
#[derive(Debug)]
pub struct TlsFront {
    addr: SocketAddr,
    counts: watch::Sender<TlsCounts>,
    task: JoinHandle<()>,
}

impl TlsFront {
    /// Starts to present `certificate` in front of `upstream`.
    ///
    /// # Errors
    /// If no loopback port can be had.
    pub async fn start(upstream: SocketAddr, certificate: &TestCertificate) -> io::Result<Self> {
        Self::speak(&[&TLS13, &TLS12], upstream, certificate).await
    }

    /// Starts as [`start`](Self::start) does, and speaks one version of TLS alone.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub async fn start_with_only(
        version: TlsVersion,
        upstream: SocketAddr,
        certificate: &TestCertificate,
    ) -> io::Result<Self> {
        let version = match version {
            TlsVersion::Tls12 => &TLS12,
            TlsVersion::Tls13 => &TLS13,
        };
        Self::speak(&[version], upstream, certificate).await
    }

    async fn speak(
        versions: &[&'static SupportedProtocolVersion],
        upstream: SocketAddr,
        certificate: &TestCertificate,
    ) -> io::Result<Self> {
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .and_then(|builder| {
                builder
                    .with_no_client_auth()
                    .with_single_cert(certificate.chain(), certificate.private_key())
            })
            .map_err(io::Error::other)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let addr = listener.local_addr()?;
        let counts = watch::Sender::default();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let task = tokio::spawn(serve(listener, acceptor, upstream, counts.clone()));
        Ok(Self { addr, counts, task })
    }

    /// Where clients connect to.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What was counted so far.
    #[must_use]
    pub fn counts(&self) -> TlsCounts {
        *self.counts.borrow()
    }

    /// Waits until the counts fulfil `condition`, and returns those that did.
    ///
    /// Waits for ever if they never do: bound it with a timeout.
    pub async fn wait_until(&self, condition: impl Fn(&TlsCounts) -> bool) -> TlsCounts {
        let mut counts = self.counts.subscribe();
        #[expect(clippy::expect_used, reason = "the sender lives as long as self")]
        let reached = counts.wait_for(|now| condition(now)).await.expect("the sender is alive");
        *reached
    }
}

impl Drop for TlsFront {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    upstream: SocketAddr,
    counts: watch::Sender<TlsCounts>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((client, _)) => {
                    let front = forward(client, acceptor.clone(), upstream, counts.clone());
                    connections.spawn(front);
                }
                // The connection that could not be accepted never got to a handshake.
                Err(_) => counts.send_modify(|counts| counts.failed += 1),
            },
        }
    }
}

async fn forward(
    client: TcpStream,
    acceptor: TlsAcceptor,
    upstream: SocketAddr,
    counts: watch::Sender<TlsCounts>,
) {
    // Fails only on a connection that has failed already, which the handshake will show.
    let _ = client.set_nodelay(true);
    let Ok(mut client) = acceptor.accept(client).await else {
        counts.send_modify(|counts| counts.failed += 1);
        return;
    };
    counts.send_modify(|counts| counts.completed += 1);
    let Ok(mut server) = TcpStream::connect(upstream).await else {
        counts.send_modify(|counts| counts.unreachable += 1);
        return;
    };
    let _ = server.set_nodelay(true);
    // Either end may break the connection as it likes: both streams end with it.
    let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
}

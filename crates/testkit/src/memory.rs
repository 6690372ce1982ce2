//! A network without sockets, for tests under tokio's paused clock.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use aldis_client::dial::{BoxIo, Dial, DialError, DialFuture, Endpoint};
use tokio::io::DuplexStream;
use tokio::sync::{mpsc, watch};

use crate::faults::Faults;

const BUFFER_BYTES: usize = 64 * 1024;
const BACKLOG: usize = 128;

/// What becomes of those who dial a [`MemoryNetwork`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Dialling {
    /// They are connected if a listener is there, and refused if not.
    #[default]
    Answer,
    /// They are refused.
    Refuse,
    /// They wait until this changes, as for a host that drops packets.
    Hang,
}

/// An in-memory network of one server: whoever dials it gets a stream to its listener.
///
/// A handle: clones are the same network. No socket is involved, so a test on a runtime of one
/// thread with a paused clock is deterministic, and hours pass in an instant. It has the
/// same [`Faults`] as the proxy. A client gets it by
/// [`Builder::dialer`](aldis_client::Builder::dialer).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
/// use aldis_testkit::{Dialling, MemoryNetwork};
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// let network = MemoryNetwork::new();
/// let mut listener = network.listen();
/// let mut client = network.connect().await?;
/// let mut server = listener.accept().await.expect("the network is there");
/// server.write_all(b"hello").await?;
/// assert_eq!(client.read_u8().await?, b'h');
///
/// network.set_dialling(Dialling::Refuse);
/// assert!(network.connect().await.is_err());
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct MemoryNetwork {
    faults: Faults,
    dialling: watch::Sender<Dialling>,
    listener: Arc<Mutex<Option<mpsc::Sender<DuplexStream>>>>,
}

impl MemoryNetwork {
    /// Makes a network on which nobody listens yet.
    #[must_use]
    pub fn new() -> Self {
        Self { faults: Faults::new(), dialling: watch::Sender::default(), listener: Arc::default() }
    }

    /// What goes wrong on the way, and the counts.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Listens, from now on until the listener is dropped or the next call, which replaces this
    /// listener as a restart of the server would. Open connections are not concerned.
    #[must_use]
    pub fn listen(&self) -> MemoryListener {
        let (streams, accepted) = mpsc::channel(BACKLOG);
        self.with_listener(|listener| *listener = Some(streams));
        MemoryListener { accepted }
    }

    /// Sets what becomes of those who dial from now on, and of those who hang.
    pub fn set_dialling(&self, dialling: Dialling) {
        self.dialling.send_replace(dialling);
    }

    /// Dials. The stream is connected at once, before the listener accepts it, as by the kernel
    /// of a real server.
    ///
    /// # Errors
    /// `ConnectionRefused` if dials are refused, if nobody listens, or if 128 connections wait to
    /// be accepted.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn connect(&self) -> io::Result<DuplexStream> {
        let mut dialling = self.dialling.subscribe();
        #[expect(clippy::expect_used, reason = "the sender lives as long as self")]
        let answer = *dialling
            .wait_for(|dialling| *dialling != Dialling::Hang)
            .await
            .expect("the sender is alive");
        let (server, far) = tokio::io::duplex(BUFFER_BYTES);
        let listening = answer == Dialling::Answer
            && self.with_listener(|listener| {
                listener.as_ref().is_some_and(|listener| listener.try_send(server).is_ok())
            });
        if !listening {
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        let (client, near) = tokio::io::duplex(BUFFER_BYTES);
        let admission = self.faults.admit();
        tokio::spawn(admission.relay(near, async { Ok(far) }));
        Ok(client)
    }

    fn with_listener<T>(
        &self,
        with: impl FnOnce(&mut Option<mpsc::Sender<DuplexStream>>) -> T,
    ) -> T {
        with(&mut self.listener.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Dials whatever the endpoint: the network has one server. TLS is not spoken.
impl Dial for MemoryNetwork {
    fn dial<'a>(&'a self, endpoint: &'a Endpoint) -> DialFuture<'a> {
        Box::pin(async {
            match self.connect().await {
                Ok(stream) => Ok(Box::new(stream) as BoxIo),
                Err(cause) => Err(DialError::Tcp {
                    target: format!("{}:{}", endpoint.host(), endpoint.port()),
                    cause: Arc::new(cause),
                }),
            }
        })
    }
}

impl Default for MemoryNetwork {
    fn default() -> Self {
        Self::new()
    }
}

/// The server's side of a [`MemoryNetwork`]. Dialling is refused once it is dropped.
#[derive(Debug)]
pub struct MemoryListener {
    accepted: mpsc::Receiver<DuplexStream>,
}

impl MemoryListener {
    /// Waits for the next connection. `None` once another listener has taken over, or the
    /// network is gone, and all connections were accepted.
    pub async fn accept(&mut self) -> Option<DuplexStream> {
        self.accepted.recv().await
    }
}

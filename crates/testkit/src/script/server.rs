use std::any::Any;
use std::net::{Ipv4Addr, SocketAddr};
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::{io, thread};

use futures_util::FutureExt as _;
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};

use super::{Incoming, Peer, ScriptError, ScriptFailure};
use crate::memory::{MemoryListener, MemoryNetwork};

/// A WebSocket server that does what a script says, once for each connection.
///
/// A script that fails or panics fails the test: [`finish`](Self::finish) returns the error or
/// goes on with the panic, and so does dropping the server without it. Dropping it ends the
/// scripts that still run; `finish` waits for them.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aldis_testkit::{Acceptance, Peer, ScriptedServer, tampered};
///
/// let server = ScriptedServer::start(|mut peer: Peer| async move {
///     let authenticate = peer.expect_authenticate().await?;
///     if peer.index() == 0 {
///         return peer.close(4003, "try again with a fresh token").await;
///     }
///     peer.accept(&authenticate, &Acceptance::new()).await?;
///     let sealed = peer.seal(r#"{"event":"news","data":1}"#)?;
///     peer.send_text(tampered(&sealed).unwrap()).await?; // must not be delivered
///     peer.send_text(sealed.clone()).await?; // must be delivered
///     peer.send_text(sealed).await?; // replayed: must not be delivered again
///     while let Some(event) = peer.next_event().await? {
///         peer.reply(&event, "an echo").await?;
///     }
///     Ok(())
/// })
/// .await?;
///
/// let url = server.url(); // for the app under test
/// # let _ = url;
/// server.finish().await?;
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct ScriptedServer {
    addr: SocketAddr,
    accepted: watch::Receiver<usize>,
    abandoned: Arc<AtomicUsize>,
    outcome: Arc<Outcome>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl ScriptedServer {
    /// Starts on a free loopback port, with a script that begins behind the upgrade.
    ///
    /// # Errors
    /// If no loopback port can be had.
    pub async fn start<F, R>(script: F) -> io::Result<Self>
    where
        F: Fn(Peer) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Result<(), ScriptError>> + Send + 'static,
    {
        let abandoned = Arc::default();
        let mut server = Self::start_raw(upgraded(script, Arc::clone(&abandoned))).await?;
        server.abandoned = abandoned;
        Ok(server)
    }

    /// Starts on a free loopback port, with a script that begins before the upgrade.
    ///
    /// # Errors
    /// If no loopback port can be had.
    pub async fn start_raw<F, R>(script: F) -> io::Result<Self>
    where
        F: Fn(Incoming) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), ScriptError>> + Send + 'static,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let addr = listener.local_addr()?;
        Ok(Self::serve(addr, Listener::Tcp(listener), script))
    }

    /// Starts as the listener of an in-memory network, with a script that begins behind the
    /// upgrade.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn start_in<F, R>(network: &MemoryNetwork, script: F) -> Self
    where
        F: Fn(Peer) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Result<(), ScriptError>> + Send + 'static,
    {
        let abandoned = Arc::default();
        let mut server = Self::start_raw_in(network, upgraded(script, Arc::clone(&abandoned)));
        server.abandoned = abandoned;
        server
    }

    /// Starts as the listener of an in-memory network, with a script that begins before the
    /// upgrade.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn start_raw_in<F, R>(network: &MemoryNetwork, script: F) -> Self
    where
        F: Fn(Incoming) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), ScriptError>> + Send + 'static,
    {
        let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self::serve(nowhere, Listener::Memory(network.listen()), script)
    }

    fn serve<F, R>(addr: SocketAddr, listener: Listener, script: F) -> Self
    where
        F: Fn(Incoming) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), ScriptError>> + Send + 'static,
    {
        let outcome = Arc::new(Outcome::default());
        let (accepted_now, accepted) = watch::channel(0);
        let (stop, stopped) = oneshot::channel();
        let run = accept(listener, Arc::new(script), Arc::clone(&outcome), accepted_now, stopped);
        Self {
            addr,
            accepted,
            abandoned: Arc::default(),
            outcome,
            stop: Some(stop),
            task: tokio::spawn(run),
        }
    }

    /// Where it listens. In memory: port 0 of the loopback, where nobody does.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The `ws://` URL of the server, with the default path `/ws`; any other path will do.
    #[must_use]
    pub fn url(&self) -> String {
        match self.addr.port() {
            0 => "ws://localhost/ws".to_owned(),
            _ => format!("ws://{}/ws", self.addr),
        }
    }

    /// How many clients have left before their upgrade, and so never met a script that begins
    /// behind it: they refused the certificate, were cancelled, or only probed the port.
    #[must_use]
    pub fn abandoned(&self) -> usize {
        self.abandoned.load(Ordering::Relaxed)
    }

    /// Waits until `accepted` connections were accepted since the start, ended ones included.
    ///
    /// Returns early if the server cannot accept any more.
    pub async fn wait_for_connections(&self, accepted: usize) {
        // An error says that the server has stopped, which `finish` tells the reason of.
        let _ = self.accepted.clone().wait_for(|now| *now >= accepted).await;
    }

    /// Accepts no more connections, and waits for the running scripts to end, or one to fail.
    ///
    /// # Errors
    /// The first error that a script ended with.
    ///
    /// # Panics
    /// With the panic of a script, if that came first.
    pub async fn finish(mut self) -> Result<(), ScriptFailure> {
        if let Some(stop) = self.stop.take() {
            // It may have stopped by itself.
            let _ = stop.send(());
        }
        tokio::select! {
            biased;
            () = self.outcome.failed.notified() => {}
            // It only awaits scripts, whose panics are caught: all there is to know is the outcome.
            _ = &mut self.task => {}
        }
        match self.outcome.take() {
            None => Ok(()),
            Some(Failure::Error(failure)) => Err(failure),
            Some(Failure::Panic { payload, .. }) => panic::resume_unwind(payload),
        }
    }
}

impl Drop for ScriptedServer {
    fn drop(&mut self) {
        self.task.abort();
        let Some(failure) = self.outcome.take() else {
            return;
        };
        let failure = failure.to_string();
        if thread::panicking() {
            eprintln!("{failure}");
        } else {
            #[expect(clippy::panic, reason = "a failed script fails the test")]
            {
                panic!("{failure}");
            }
        }
    }
}

fn upgraded<F, R>(
    script: F,
    abandoned: Arc<AtomicUsize>,
) -> impl Fn(Incoming) -> BoxedScript + Send + Sync + 'static
where
    F: Fn(Peer) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Result<(), ScriptError>> + Send + 'static,
{
    move |incoming| {
        let (script, abandoned) = (script.clone(), Arc::clone(&abandoned));
        async move {
            match incoming.upgrade().await {
                Ok(peer) => script(peer).await,
                Err(error) if error.is_end() => {
                    abandoned.fetch_add(1, Ordering::Relaxed);
                    Ok(())
                }
                Err(error) => Err(error),
            }
        }
        .boxed()
    }
}

type BoxedScript = futures_util::future::BoxFuture<'static, Result<(), ScriptError>>;

#[derive(Debug)]
enum Listener {
    Tcp(TcpListener),
    Memory(MemoryListener),
}

impl Listener {
    async fn accept(&mut self, index: usize) -> io::Result<Option<Incoming>> {
        match self {
            Self::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                Ok(Some(Incoming::new(index, stream)))
            }
            Self::Memory(listener) => {
                Ok(listener.accept().await.map(|stream| Incoming::new(index, stream)))
            }
        }
    }
}

async fn accept<F, R>(
    mut listener: Listener,
    script: Arc<F>,
    outcome: Arc<Outcome>,
    accepted: watch::Sender<usize>,
    mut stopped: oneshot::Receiver<()>,
) where
    F: Fn(Incoming) -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), ScriptError>> + Send + 'static,
{
    let mut scripts = JoinSet::new();
    loop {
        let connection = *accepted.borrow();
        tokio::select! {
            _ = &mut stopped => break,
            Some(_) = scripts.join_next() => {}
            incoming = listener.accept(connection) => match incoming {
                Ok(Some(incoming)) => {
                    let (script, outcome) = (Arc::clone(&script), Arc::clone(&outcome));
                    scripts.spawn(async move {
                        let run = async { script(incoming).await };
                        outcome.note(connection, AssertUnwindSafe(run).catch_unwind().await);
                    });
                    accepted.send_replace(connection + 1);
                }
                Ok(None) => break,
                Err(error) => {
                    outcome.note(connection, Ok(Err(error.into())));
                    break;
                }
            },
        }
    }
    drop(listener);
    while scripts.join_next().await.is_some() {}
}

/// The first failure, kept where neither the end of a task nor that of the server loses it.
#[derive(Debug, Default)]
struct Outcome {
    first: Mutex<Option<Failure>>,
    failed: Notify,
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Error(ScriptFailure),
    #[error("the script of connection {connection} panicked: {}", panic_message(payload.as_ref()))]
    Panic { connection: usize, payload: Box<dyn Any + Send> },
}

impl Outcome {
    fn note(&self, connection: usize, ended: thread::Result<Result<(), ScriptError>>) {
        let failure = match ended {
            Ok(Ok(())) => return,
            Ok(Err(source)) => Failure::Error(ScriptFailure { connection, source }),
            Err(payload) => Failure::Panic { connection, payload },
        };
        self.first.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(failure);
        self.failed.notify_one();
    }

    fn take(&self) -> Option<Failure> {
        self.first.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

fn panic_message(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

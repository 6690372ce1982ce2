//! A TCP proxy whose line can be made to fail in every way that a real one does.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time;

use crate::faults::Faults;

const BACKLOG: u32 = 1024;
/// Running out of descriptors is the usual reason, and closing connections its only cure.
const AFTER_FAILED_ACCEPT: Duration = Duration::from_millis(50);

/// A TCP proxy on a free loopback port, in front of any server, whose faults are controlled while
/// it runs.
///
/// Without faults it forwards bytes, half-closes and resets as they are. Dropping it stops it and
/// closes its connections.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
/// use aldis_testkit::{Cut, Direction, FaultProxy};
/// use tokio::{io::AsyncReadExt, net::{TcpListener, TcpStream}};
///
/// let server = TcpListener::bind("127.0.0.1:0").await?;
/// let proxy = FaultProxy::start(server.local_addr()?)?;
///
/// let mut client = TcpStream::connect(proxy.addr()).await?; // the app under test
/// proxy.faults().wait_for_connections(1).await;
/// proxy.faults().stall(Direction::Both); // half-open: the heartbeat of the app has to notice
/// proxy.faults().cut(Cut::Reset); // and now the line is gone
/// assert!(client.read_u8().await.is_err());
///
/// proxy.refuse(true).await?; // nobody listens any more
/// assert!(TcpStream::connect(proxy.addr()).await.is_err());
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct FaultProxy {
    addr: SocketAddr,
    faults: Faults,
    upstream: watch::Sender<SocketAddr>,
    refusals: mpsc::Sender<Refusal>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Refusal {
    refuse: bool,
    done: oneshot::Sender<io::Result<()>>,
}

impl FaultProxy {
    /// Starts a proxy in front of `upstream`, which is dialled anew for each connection.
    ///
    /// # Errors
    /// If no loopback port can be had.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn start(upstream: SocketAddr) -> io::Result<Self> {
        let reserved = reserve(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let listener = reserved.listen(BACKLOG)?;
        let addr = listener.local_addr()?;
        let faults = Faults::new();
        let (upstream, upstream_now) = watch::channel(upstream);
        let (refusals, commands) = mpsc::channel(1);
        let acceptor = Acceptor {
            addr,
            port: Port::Listening(listener),
            faults: faults.clone(),
            upstream: upstream_now,
            commands,
            links: JoinSet::new(),
        };
        Ok(Self { addr, faults, upstream, refusals, task: tokio::spawn(acceptor.run()) })
    }

    /// Where clients connect to.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What goes wrong on the way, and the counts.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Sends connections from now on to another server: one that was restarted, or its neighbour.
    pub fn set_upstream(&self, upstream: SocketAddr) {
        self.upstream.send_replace(upstream);
    }

    /// Stops to listen (`true`), so that the system refuses connections, or listens again on the
    /// same port (`false`). Open connections go on; those not accepted yet are reset. It holds
    /// when this returns.
    ///
    /// # Errors
    /// If the port cannot be bound again.
    pub async fn refuse(&self, refuse: bool) -> io::Result<()> {
        let (done, answer) = oneshot::channel();
        let gone = || io::Error::other("the proxy has stopped with its runtime");
        self.refusals.send(Refusal { refuse, done }).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Debug)]
enum Port {
    Listening(TcpListener),
    /// Bound, so that nobody else gets the port, but not listening: connections are refused.
    Reserved(TcpSocket),
    /// Lost when it could not be bound again.
    Lost,
}

struct Acceptor {
    addr: SocketAddr,
    port: Port,
    faults: Faults,
    upstream: watch::Receiver<SocketAddr>,
    commands: mpsc::Receiver<Refusal>,
    links: JoinSet<()>,
}

impl Acceptor {
    async fn run(mut self) {
        loop {
            tokio::select! {
                biased;
                command = self.commands.recv() => {
                    let Some(Refusal { refuse, done }) = command else { return };
                    // Who gave up waiting does not want the answer.
                    let _ = done.send(self.set_refusing(refuse));
                }
                Some(_) = self.links.join_next() => {}
                accepted = accept(&self.port) => {
                    if let Ok(client) = accepted {
                        self.link(client);
                    } else {
                        self.faults.count(|counts| counts.accept_failed += 1);
                        time::sleep(AFTER_FAILED_ACCEPT).await;
                    }
                }
            }
        }
    }

    fn link(&mut self, client: TcpStream) {
        let admission = self.faults.admit();
        let upstream = *self.upstream.borrow();
        // Fails only on a connection that has failed already, which forwarding will show.
        let _ = client.set_nodelay(true);
        self.links.spawn(async move {
            let dial = async {
                let server = TcpStream::connect(upstream).await?;
                server.set_nodelay(true)?;
                Ok(server)
            };
            admission.relay(client, dial).await;
        });
    }

    fn set_refusing(&mut self, refuse: bool) -> io::Result<()> {
        self.port = match (std::mem::replace(&mut self.port, Port::Lost), refuse) {
            (Port::Listening(listener), true) => Port::Reserved(hand_over(listener, self.addr)?),
            (Port::Reserved(socket), false) => Port::Listening(socket.listen(BACKLOG)?),
            (Port::Lost, false) => Port::Listening(reserve(self.addr)?.listen(BACKLOG)?),
            (as_asked, _) => as_asked,
        };
        Ok(())
    }
}

async fn accept(port: &Port) -> io::Result<TcpStream> {
    match port {
        Port::Listening(listener) => listener.accept().await.map(|(stream, _)| stream),
        Port::Reserved(_) | Port::Lost => std::future::pending().await,
    }
}

/// Two sockets share the port for an instant, so that there is none in which it is free.
#[cfg(unix)]
fn hand_over(listener: TcpListener, addr: SocketAddr) -> io::Result<TcpSocket> {
    let reserved = reserve(addr);
    drop(listener);
    reserved
}

#[cfg(not(unix))]
fn hand_over(listener: TcpListener, addr: SocketAddr) -> io::Result<TcpSocket> {
    drop(listener);
    reserve(addr)
}

fn reserve(addr: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    #[cfg(unix)]
    {
        socket.set_reuseaddr(true)?;
        socket.set_reuseport(true)?;
    }
    socket.bind(addr)?;
    Ok(socket)
}

//! One connection through the faults, from admission to end.

use std::{future, io};

use bytes::BytesMut;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream},
    net::TcpStream,
    sync::watch,
};

use super::{Cut, Faults, counts::Side, pump};

/// A stream that a link can forward.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Send + Unpin + 'static {
    /// Drops the stream so that its peer sees a reset, where there is such a thing.
    fn reset(self);
}

impl Wire for TcpStream {
    fn reset(self) {
        // Fails only on a socket that is gone already, and then there is nothing left to reset.
        let _ = self.set_zero_linger();
    }
}

impl Wire for DuplexStream {
    fn reset(self) {}
}

/// A connection that was let in: open in the counts, and cut by each cut from now on.
#[derive(Debug)]
pub(crate) struct Admission {
    faults: Faults,
    cuts: watch::Receiver<Option<Cut>>,
    open: Open,
}

impl Admission {
    pub(super) fn new(faults: &Faults) -> Self {
        // Before it shows in the counts: who has seen it there can cut it.
        let cuts = faults.inner.cuts.subscribe();
        faults.count(|counts| {
            counts.accepted += 1;
            counts.open += 1;
        });
        Self {
            faults: faults.clone(),
            cuts,
            open: Open(faults.clone()),
        }
    }

    /// Dials the server and forwards until both streams have ended, one of them fails, or a cut.
    pub(crate) async fn relay<C: Wire, S: Wire>(
        self,
        mut client: C,
        dial: impl Future<Output = io::Result<S>>,
    ) {
        let Self {
            faults,
            mut cuts,
            open,
        } = self;
        let dialled = tokio::select! {
            biased;
            cut = next(&mut cuts) => Err(cut),
            dialled = dial => dialled.map_err(|_| {
                faults.count(|counts| counts.unreachable += 1);
                Cut::Reset
            }),
        };
        let mut server = match dialled {
            Ok(server) => server,
            Err(Cut::Fin) => {
                drop(open);
                // It has ended either way.
                let _ = end(&faults, Side::ToServer, &mut client).await;
                return;
            }
            Err(Cut::Reset) => return client.reset(),
        };
        match forward(&faults, &mut cuts, &mut client, &mut server).await {
            None => {}
            Some(Cut::Reset) => {
                client.reset();
                server.reset();
            }
            Some(Cut::Fin) => {
                drop(open);
                let both = async {
                    tokio::join!(
                        end(&faults, Side::ToServer, &mut client),
                        end(&faults, Side::ToClient, &mut server),
                    )
                };
                tokio::select! {
                    _ = next(&mut cuts) => {
                        client.reset();
                        server.reset();
                    }
                    _ = both => {}
                }
            }
        }
    }
}

async fn forward<C: Wire, S: Wire>(
    faults: &Faults,
    cuts: &mut watch::Receiver<Option<Cut>>,
    client: &mut C,
    server: &mut S,
) -> Option<Cut> {
    let (from_client, to_client) = tokio::io::split(client);
    let (from_server, to_server) = tokio::io::split(server);
    let both = async {
        tokio::try_join!(
            pump::run(faults, Side::ToServer, from_client, to_server),
            pump::run(faults, Side::ToClient, from_server, to_client),
        )
    };
    tokio::select! {
        biased;
        cut = next(cuts) => Some(cut),
        // A broken stream is passed on as what it is.
        ended = both => ended.err().map(|_| Cut::Reset),
    }
}

/// Ends a stream in order. A socket closed over unread bytes would reset, so they are read.
async fn end(faults: &Faults, side: Side, stream: &mut impl Wire) -> io::Result<()> {
    stream.shutdown().await?;
    let mut buffer = BytesMut::new();
    loop {
        let read = stream.read_buf(&mut buffer).await? as u64;
        if read == 0 {
            return Ok(());
        }
        buffer.clear();
        faults.count(|counts| {
            let traffic = counts.traffic(side);
            traffic.received += read;
            traffic.swallowed += read;
        });
    }
}

/// Without anyone left to cut there is no cut.
async fn next(cuts: &mut watch::Receiver<Option<Cut>>) -> Cut {
    loop {
        if cuts.changed().await.is_err() {
            future::pending::<()>().await;
        }
        if let Some(cut) = *cuts.borrow_and_update() {
            return cut;
        }
    }
}

#[derive(Debug)]
struct Open(Faults);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.count(|counts| counts.open -= 1);
    }
}

//! One connection through the faults, from admission to end.

use std::pin::pin;
use std::{future, io};

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::counts::Side;
use super::{Cut, Faults, pump};

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
        Self { faults: faults.clone(), cuts, open: Open(faults.clone()) }
    }

    /// Dials the server and forwards until both streams have ended, one of them fails, or a cut.
    pub(crate) async fn relay<C: Wire, S: Wire>(
        self,
        mut client: C,
        dial: impl Future<Output = io::Result<S>>,
    ) {
        let Self { faults, mut cuts, open } = self;
        let mut dial = pin!(dial);
        let dialled = tokio::select! {
            biased;
            cut = next(&mut cuts) => Err(cut),
            dialled = &mut dial => Ok(dialled),
        };
        let mut server = match dialled {
            Ok(Ok(server)) => server,
            Ok(Err(_)) => {
                faults.count(|counts| counts.unreachable += 1);
                return client.reset();
            }
            Err(cut) => {
                drop(open);
                // The server may have accepted already, and is told as well.
                let server = async {
                    if let Ok(server) = dial.await {
                        close(&faults, Side::ToClient, server, cut).await;
                    }
                };
                tokio::join!(close(&faults, Side::ToServer, client, cut), server);
                return;
            }
        };
        if let Some(cut) = forward(&faults, &mut cuts, &mut client, &mut server).await {
            drop(open);
            let both = async {
                tokio::join!(
                    close(&faults, Side::ToServer, client, cut),
                    close(&faults, Side::ToClient, server, cut),
                )
            };
            tokio::select! {
                _ = both => {}
                _ = next(&mut cuts) => {}
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

async fn close(faults: &Faults, side: Side, stream: impl Wire, cut: Cut) {
    match cut {
        Cut::Reset => stream.reset(),
        // A stream that fails meanwhile has ended as well.
        Cut::Fin => drop(finish(faults, side, stream).await),
    }
}

/// Ends a stream in order. A socket closed over unread bytes would reset, so they are read.
async fn finish(faults: &Faults, side: Side, mut stream: impl Wire) -> io::Result<()> {
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

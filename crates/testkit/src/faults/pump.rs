//! Moves the bytes of one direction of one connection from reader to writer, past the faults.

use std::{future, io};

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::{mpsc, watch};
use tokio::task;
use tokio::time::{self, Instant};

use super::Faults;
use super::counts::Side;
use super::lane::{Hold, Plan};

const READ_BYTES: usize = 16 * 1024;
const HELD_READS: usize = 256;

/// Reading goes on while writing waits, so that latency costs no bandwidth, and so that the end of
/// a stream keeps its place behind the bytes before it.
pub(super) async fn run(
    faults: &Faults,
    side: Side,
    reader: impl AsyncRead + Unpin,
    writer: impl AsyncWrite + Unpin,
) -> io::Result<()> {
    let (held, arrivals) = mpsc::channel(HELD_READS);
    let pacer = Pacer { plan: faults.lane(side).subscribe(), line_free: Instant::now() };
    let read_on = async {
        read(faults, side, reader, held).await;
        future::pending::<()>().await;
    };
    tokio::select! {
        written = write(faults, side, arrivals, writer, pacer) => written,
        () = read_on => Ok(()),
    }
}

#[derive(Debug)]
struct Arrival {
    at: Instant,
    what: io::Result<Bytes>,
}

async fn read(
    faults: &Faults,
    side: Side,
    mut reader: impl AsyncRead + Unpin,
    held: mpsc::Sender<Arrival>,
) {
    loop {
        let mut buffer = BytesMut::with_capacity(READ_BYTES);
        let what = reader.read_buf(&mut buffer).await.map(|_| buffer.freeze());
        let last = what.as_ref().map_or(true, Bytes::is_empty);
        if let Ok(bytes) = &what {
            faults.count(|counts| counts.traffic(side).received += bytes.len() as u64);
        }
        let arrival = Arrival { at: Instant::now(), what };
        if held.send(arrival).await.is_err() || last {
            return;
        }
    }
}

async fn write(
    faults: &Faults,
    side: Side,
    mut arrivals: mpsc::Receiver<Arrival>,
    mut writer: impl AsyncWrite + Unpin,
    mut pacer: Pacer,
) -> io::Result<()> {
    while let Some(Arrival { at, what }) = arrivals.recv().await {
        let mut bytes = match what {
            Ok(bytes) => BytesMut::from(bytes),
            Err(error) => {
                pacer.turn_to_end(at).await;
                return Err(error);
            }
        };
        if bytes.is_empty() {
            pacer.turn_to_end(at).await;
            return writer.shutdown().await;
        }
        while !bytes.is_empty() {
            let plan = pacer.turn(at).await;
            if plan.hold == Hold::Swallow {
                faults.count(|counts| counts.traffic(side).swallowed += bytes.len() as u64);
                break;
            }
            let mut portion = bytes.split_to(plan.portion(bytes.len()));
            let corrupted = faults.lane(side).corrupt(&mut portion);
            writer.write_all(&portion).await?;
            writer.flush().await?;
            pacer.sent(&plan, portion.len());
            faults.count(|counts| {
                let traffic = counts.traffic(side);
                traffic.forwarded += portion.len() as u64;
                traffic.corrupted += corrupted;
                traffic.writes += 1;
            });
            // Gives a reader on the same thread the chance to see this portion alone.
            if !bytes.is_empty() {
                task::yield_now().await;
            }
        }
    }
    Ok(())
}

struct Pacer {
    plan: watch::Receiver<Plan>,
    line_free: Instant,
}

impl Pacer {
    /// Waits until what arrived `at` that instant may go, and returns the faults that apply to it.
    /// Faults that change meanwhile count from the change on.
    async fn turn(&mut self, at: Instant) -> Plan {
        loop {
            let plan = *self.plan.borrow_and_update();
            let mut due = at + plan.delay;
            if plan.bytes_per_second != 0 {
                due = due.max(self.line_free);
            }
            match plan.hold {
                Hold::Swallow => return plan,
                Hold::None if due <= Instant::now() => return plan,
                Hold::None => {
                    tokio::select! {
                        () = time::sleep_until(due) => return plan,
                        () = changed(&mut self.plan) => {}
                    }
                }
                Hold::Stall => changed(&mut self.plan).await,
            }
        }
    }

    /// As [`turn`](Self::turn), for the end of the stream: nobody is told of it while bytes are
    /// swallowed.
    async fn turn_to_end(&mut self, at: Instant) {
        while self.turn(at).await.hold == Hold::Swallow {
            changed(&mut self.plan).await;
        }
    }

    fn sent(&mut self, plan: &Plan, bytes: usize) {
        self.line_free = self.line_free.max(Instant::now()) + plan.line_time(bytes);
    }
}

/// Without anyone left to change the faults they stay as they are.
async fn changed(plan: &mut watch::Receiver<Plan>) {
    if plan.changed().await.is_err() {
        future::pending::<()>().await;
    }
}

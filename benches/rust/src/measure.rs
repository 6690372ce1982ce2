//! Does an order, and measures it.

use std::time::{Duration, Instant};

use tokio::time::timeout;

use crate::Failure;
use crate::lots::{Lots, Pace};
use crate::order::{Answer, Order, Reading};
use crate::settle::settle;
use crate::stopwatch::{Heap, Stopwatch, nanos, reading_of};

/// How much longer than planned an order may take before it counts as hung.
const GRACE: Duration = Duration::from_secs(30);

/// How long [`Order::Hold`] and [`Order::First`] may take.
const UNPLANNED: Duration = Duration::from_secs(90);

/// Bytes of the tick of [`Order::First`].
const FIRST_BYTES: u32 = 100;

/// The clients of one process.
pub struct Clients<L> {
    url: String,
    heap: Option<Heap>,
    /// Does everything but [`Order::Connect`] and [`Order::Hold`], once it is there.
    main: Option<L>,
    held: Vec<L>,
}

impl<L: Lots> Clients<L> {
    /// No client yet. `heap` counts the allocations.
    pub fn new(url: String, heap: Option<Heap>) -> Self {
        Self { url, heap, main: None, held: Vec::new() }
    }

    /// Does an order. Fails if a message is lost, doubled, out of order, or another one.
    pub async fn measure(&mut self, order: Order) -> Result<Answer, Failure> {
        let planned = match order {
            Order::Receive { millis, .. }
            | Order::Send { millis, .. }
            | Order::Echo { millis, .. }
            | Order::Connect { millis, .. } => Duration::from_millis(millis.into()) + GRACE,
            Order::Hold { .. } | Order::First => UNPLANNED,
        };
        let reading = timeout(planned, self.work(order)).await;
        let reading = reading.map_err(|_| format!("{order:?} hangs"))??;
        let dropped: u64 = self.main.iter().chain(&self.held).map(L::dropped).sum();
        if dropped > 0 {
            return Err(format!("{dropped} messages were dropped").into());
        }
        settle().await;
        Ok(Answer::Done(reading))
    }

    async fn work(&mut self, order: Order) -> Result<Reading, Failure> {
        match order {
            Order::Receive { bytes, lot, millis } => {
                let payload = L::payload(bytes)?;
                let (heap, client) = (self.heap, self.main().await?);
                let mut stopwatch = Stopwatch::start(heap, millis);
                loop {
                    client.receive(&payload, lot).await?;
                    if let Some(reading) = stopwatch.lap(lot) {
                        return Ok(reading);
                    }
                }
            }
            Order::Send { bytes, lot, millis } => {
                let payload = L::payload(bytes)?;
                let (heap, client) = (self.heap, self.main().await?);
                let mut stopwatch = Stopwatch::start(heap, millis);
                loop {
                    client.send(&payload, lot).await?;
                    if let Some(reading) = stopwatch.lap(lot) {
                        return Ok(reading);
                    }
                }
            }
            Order::Echo { bytes, lot, window, millis } => {
                let payload = L::payload(bytes)?;
                let client = self.main().await?;
                let start = Instant::now();
                let pace = Pace { lot, window, start, least: Duration::from_millis(millis.into()) };
                let times = client.echo(&payload, pace).await?;
                Ok(reading_of(times, start.elapsed()))
            }
            Order::Connect { lot, millis } => {
                self.connect(lot, Duration::from_millis(millis.into())).await
            }
            Order::Hold { clients } => self.hold(clients).await,
            Order::First => {
                let start = Instant::now();
                self.main().await?.receive(&L::payload(FIRST_BYTES)?, 1).await?;
                Ok(Reading { count: 1, wall: nanos(start.elapsed()), ..Reading::default() })
            }
        }
    }

    async fn main(&mut self) -> Result<&mut L, Failure> {
        let client = match self.main.take() {
            Some(client) => client,
            None => L::connect(&self.url).await?,
        };
        Ok(self.main.insert(client))
    }

    async fn connect(&mut self, lot: u32, least: Duration) -> Result<Reading, Failure> {
        let (begin, mut times) = (Instant::now(), Vec::new());
        loop {
            for _ in 0..lot {
                let start = Instant::now();
                let client = L::connect(&self.url).await?;
                times.push(start.elapsed());
                client.close().await;
            }
            if begin.elapsed() >= least {
                let connecting = times.iter().sum();
                return Ok(reading_of(times, connecting));
            }
        }
    }

    async fn hold(&mut self, clients: u32) -> Result<Reading, Failure> {
        let start = Instant::now();
        while self.held.len() < usize::try_from(clients)? {
            self.held.push(L::connect(&self.url).await?);
        }
        Ok(Reading { count: clients.into(), wall: nanos(start.elapsed()), ..Reading::default() })
    }

    /// Closes all of them.
    pub async fn close(self) {
        for client in self.main.into_iter().chain(self.held) {
            client.close().await;
        }
    }
}

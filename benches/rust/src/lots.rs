//! Work in lots, and the checks that it was done.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;

use crate::Failure;
use crate::contestant::Contestant;
use crate::payloads::{Flood, SinkCount, Texts, Tick};

/// What a worker needs to do its orders. Fails if a message is lost, doubled, out of order, or
/// another one.
#[expect(async_fn_in_trait, reason = "a worker has one thread")]
pub trait Lots: Sized {
    /// What is made once for all messages of an order.
    type Payload;

    /// Prepares for messages of about so many bytes.
    fn payload(bytes: u32) -> Result<Self::Payload, Failure>;

    /// Connects, from nothing until authenticated.
    async fn connect(url: &str) -> Result<Self, Failure>;

    /// Messages that came and were thrown away.
    fn dropped(&self) -> u64;

    /// Receives a lot.
    async fn receive(&mut self, payload: &Self::Payload, lot: u32) -> Result<(), Failure>;

    /// Sends a lot, until the server has counted all of it.
    async fn send(&mut self, payload: &Self::Payload, lot: u32) -> Result<(), Failure>;

    /// Sends requests and takes their replies for a while. Returns how long each took.
    async fn echo(&mut self, payload: &Self::Payload, pace: Pace)
    -> Result<Vec<Duration>, Failure>;

    /// Says goodbye and frees everything.
    async fn close(self);
}

/// How many requests, and until when.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Requests between two looks at the clock.
    pub lot: u32,
    /// Requests under way at once.
    pub window: u32,
    /// Since when requests are sent.
    pub start: Instant,
    /// How long, at least.
    pub least: Duration,
}

impl Pace {
    /// Whether requests go on.
    pub fn goes_on(&self) -> bool {
        self.start.elapsed() < self.least
    }
}

impl<C: Contestant> Lots for C {
    type Payload = (u32, Texts);

    fn payload(bytes: u32) -> Result<Self::Payload, Failure> {
        Ok((bytes, Texts::new(bytes)))
    }

    async fn connect(url: &str) -> Result<Self, Failure> {
        <C as Contestant>::connect(url).await
    }

    fn dropped(&self) -> u64 {
        Contestant::dropped(self)
    }

    async fn receive(&mut self, (bytes, texts): &Self::Payload, lot: u32) -> Result<(), Failure> {
        let mut next = 0;
        let order = Flood { count: lot, bytes: *bytes };
        self.flood(order, |tick| {
            if tick.seq != next {
                return Err(format!("tick {next} was expected, and {} came", tick.seq).into());
            }
            if !texts.fits(tick.seq, &tick.text) {
                return Err(format!("the text of tick {next} is another one").into());
            }
            next += 1;
            Ok(())
        })
        .await?;
        if next == u64::from(lot) { Ok(()) } else { Err(format!("{next} of {lot} came").into()) }
    }

    async fn send(&mut self, (_, texts): &Self::Payload, lot: u32) -> Result<(), Failure> {
        for seq in 0..u64::from(lot) {
            self.sink(&texts.tick(seq)).await?;
        }
        all_counted(self.count().await?, lot)
    }

    async fn echo(
        &mut self,
        (_, texts): &Self::Payload,
        pace: Pace,
    ) -> Result<Vec<Duration>, Failure> {
        let contestant = &*self;
        let (next, times) = (Cell::new(0), RefCell::new(Vec::new()));
        let one_after_the_other = async || -> Result<(), Failure> {
            loop {
                for _ in 0..pace.lot {
                    let start = Instant::now();
                    let tick = texts.tick(next.replace(next.get() + 1));
                    let same = |reply: &Tick<'_>| {
                        if *reply == tick { Ok(()) } else { Err("another tick came back".into()) }
                    };
                    contestant.echo(&tick, same).await?;
                    times.borrow_mut().push(start.elapsed());
                }
                if !pace.goes_on() {
                    return Ok(());
                }
            }
        };
        try_join_all((0..pace.window).map(|_| one_after_the_other())).await?;
        Ok(times.into_inner())
    }

    async fn close(self) {
        Contestant::close(self).await;
    }
}

/// Whether the server has counted a whole lot.
pub(crate) fn all_counted(counted: SinkCount, lot: u32) -> Result<(), Failure> {
    if counted == (SinkCount { received: lot.into(), in_order: true }) {
        Ok(())
    } else {
        Err(format!("{counted:?} of {lot}").into())
    }
}

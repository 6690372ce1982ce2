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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payloads::Tick;
    use futures_util::FutureExt;

    const BYTES: u32 = 100;
    const LOT: u32 = 20;

    type Ticks = Vec<Tick<'static>>;

    /// Changes what goes through it.
    struct Loopback {
        change: fn(Ticks) -> Ticks,
        sunk: Ticks,
    }

    fn owned(tick: &Tick<'_>) -> Tick<'static> {
        Tick { text: tick.text.clone().into_owned().into(), ..*tick }
    }

    impl Contestant for Loopback {
        async fn connect(_: &str) -> Result<Self, Failure> {
            Ok(Self { change: |ticks| ticks, sunk: Vec::new() })
        }

        fn dropped(&self) -> u64 {
            0
        }

        async fn flood(
            &mut self,
            order: Flood,
            on_tick: impl FnMut(&Tick<'_>) -> Result<(), Failure>,
        ) -> Result<(), Failure> {
            let texts = Texts::new(order.bytes);
            let ticks = (0..order.count.into()).map(|seq| owned(&texts.tick(seq))).collect();
            (self.change)(ticks).iter().try_for_each(on_tick)
        }

        async fn sink(&mut self, tick: &Tick<'_>) -> Result<(), Failure> {
            self.sunk.push(owned(tick));
            Ok(())
        }

        async fn count(&mut self) -> Result<SinkCount, Failure> {
            let received = (self.change)(std::mem::take(&mut self.sunk));
            let in_order = received.iter().zip(0..).all(|(tick, seq)| tick.seq == seq);
            Ok(SinkCount { received: received.len() as u64, in_order })
        }

        async fn echo(
            &self,
            tick: &Tick<'_>,
            on_reply: impl FnOnce(&Tick<'_>) -> Result<(), Failure>,
        ) -> Result<(), Failure> {
            on_reply(&(self.change)(vec![owned(tick)])[0])
        }

        async fn close(self) {}
    }

    /// Whether receiving, sending and echoing fail.
    fn fail(change: fn(Ticks) -> Ticks) -> [bool; 3] {
        let payload = Loopback::payload(BYTES).unwrap();
        let loopback = || Loopback { change, sunk: Vec::new() };
        let pace = Pace { lot: LOT, window: 3, start: Instant::now(), least: Duration::ZERO };
        let (mut a, mut b, mut c) = (loopback(), loopback(), loopback());
        [
            a.receive(&payload, LOT).now_or_never().unwrap().is_err(),
            b.send(&payload, LOT).now_or_never().unwrap().is_err(),
            Lots::echo(&mut c, &payload, pace).now_or_never().unwrap().is_err(),
        ]
    }

    fn without(mut ticks: Ticks, index: usize) -> Ticks {
        if ticks.len() > 1 {
            ticks.remove(index);
        }
        ticks
    }

    #[test]
    fn what_is_whole_counts() {
        assert_eq!(fail(|ticks| ticks), [false; 3]);
    }

    #[test]
    fn what_is_lost_doubled_or_swapped_fails() {
        assert_eq!(fail(|ticks| without(ticks, 7)), [true, true, false]);
        assert_eq!(fail(|ticks| without(ticks, 19)), [true, true, false]);
        let doubled = |ticks: Ticks| ticks.iter().flat_map(|tick| [tick, tick]).cloned().collect();
        assert_eq!(fail(doubled), [true, true, false]);
        let swapped = |mut ticks: Ticks| {
            ticks.reverse();
            ticks
        };
        assert_eq!(fail(swapped), [true, true, false]);
    }

    #[test]
    fn what_is_changed_fails() {
        let text = |mut ticks: Ticks| {
            for tick in &mut ticks {
                tick.text = tick.text.replace('e', "").into();
            }
            ticks
        };
        assert_eq!(fail(text), [true, false, true]);
        let number = |mut ticks: Ticks| {
            for tick in &mut ticks {
                tick.seq += 1;
            }
            ticks
        };
        assert_eq!(fail(number), [true, true, true]);
    }
}

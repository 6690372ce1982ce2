//! A phone's day, by a clock that the tests move on.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod facts;
mod life;
mod network;
mod timers;

use std::time::Duration;

use tokio::time::Instant;

use super::*;
use crate::background::BackgroundPolicy;

/// What was told, and at what millisecond.
type Told = Vec<(Hint, u64)>;

const HOUR: u64 = 3_600_000;

/// A phone whose hints are written down.
struct Diary {
    phone: Phone,
    start: Instant,
    now: u64,
    told: Told,
}

impl Diary {
    fn new(policy: BackgroundPolicy, grace: u64) -> Self {
        let start = Instant::now();
        let background = Background::new(policy, Duration::from_millis(grace)).unwrap();
        Self { phone: Phone::new(background, start), start, now: 0, told: Vec::new() }
    }

    /// Lets the time pass, as the timer would.
    fn until(&mut self, millis: u64) {
        let end = self.instant(millis);
        while let Some(at) = self.phone.due_at().filter(|at| *at <= end) {
            let now = at.max(self.instant(self.now));
            self.now = u64::try_from((now - self.start).as_millis()).unwrap();
            while let Some(hint) = self.phone.due(now) {
                self.told.push((hint, self.now));
            }
        }
        self.now = millis;
    }

    fn at(&mut self, millis: u64, fact: Fact) {
        self.until(millis);
        if let Some(hint) = self.phone.take(fact, self.instant(millis)) {
            self.told.push((hint, millis));
        }
    }

    /// What was told, after all that was due has been; nothing waits then.
    fn told(mut self) -> Told {
        self.until(self.now + HOUR);
        assert_eq!(self.phone.due_at(), None);
        self.told
    }

    fn instant(&self, millis: u64) -> Instant {
        self.start + Duration::from_millis(millis)
    }
}

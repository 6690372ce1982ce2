//! One direction: the faults that apply to it now.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

/// Smooth enough to look like a slow line, coarse enough to cost nothing.
const PORTIONS_PER_SECOND: u64 = 20;

#[derive(Debug, Default)]
pub(super) struct Lane {
    plan: watch::Sender<Plan>,
    corruption: Mutex<Corruption>,
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Plan {
    pub(super) hold: Hold,
    pub(super) delay: Duration,
    pub(super) bytes_per_second: u64,
    pub(super) split: usize,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Hold {
    #[default]
    None,
    Stall,
    Swallow,
}

#[derive(Debug, Default)]
struct Corruption {
    passed: u64,
    at: BTreeSet<u64>,
}

impl Lane {
    pub(super) fn change(&self, change: impl FnOnce(&mut Plan)) {
        self.plan.send_modify(change);
    }

    pub(super) fn hold(&self, hold: Hold) {
        self.change(|plan| plan.hold = hold);
    }

    pub(super) fn clear(&self) {
        self.with_corruption(|corruption| corruption.at.clear());
        self.change(|plan| *plan = Plan::default());
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<Plan> {
        self.plan.subscribe()
    }

    pub(super) fn corrupt_after(&self, skip: u64) {
        self.with_corruption(|corruption| {
            let at = corruption.passed.saturating_add(skip);
            corruption.at.insert(at);
        });
    }

    /// Applies what is due to `bytes`, which are about to be forwarded, and tells how many of
    /// them it changed.
    pub(super) fn corrupt(&self, bytes: &mut [u8]) -> u64 {
        self.with_corruption(|corruption| {
            let mut changed = 0;
            for byte in bytes {
                if corruption.at.remove(&corruption.passed) {
                    *byte ^= 1;
                    changed += 1;
                }
                corruption.passed += 1;
            }
            changed
        })
    }

    fn with_corruption<T>(&self, with: impl FnOnce(&mut Corruption) -> T) -> T {
        with(&mut self.corruption.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Plan {
    /// How many of `available` bytes may go in one write.
    pub(super) fn portion(&self, available: usize) -> usize {
        let split = if self.split == 0 { available } else { self.split };
        let paced = match self.bytes_per_second {
            0 => available,
            rate => usize::try_from((rate / PORTIONS_PER_SECOND).max(1)).unwrap_or(usize::MAX),
        };
        available.min(split).min(paced)
    }

    /// How long the line is busy with `bytes`.
    pub(super) fn line_time(&self, bytes: usize) -> Duration {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        match self.bytes_per_second {
            0 => Duration::ZERO,
            rate => Duration::from_nanos(bytes.saturating_mul(1_000_000_000) / rate),
        }
    }
}

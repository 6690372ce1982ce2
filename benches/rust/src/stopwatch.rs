//! What a piece of work took.

use std::alloc::System;
use std::time::{Duration, Instant};

use stats_alloc::{Stats, StatsAlloc};

use crate::order::Reading;

/// The allocator of a process that counts.
pub type Heap = &'static StatsAlloc<System>;

/// Counts messages, time and allocations until an order is done.
#[derive(Debug)]
pub(crate) struct Stopwatch {
    heap: Option<(Heap, Stats)>,
    start: Instant,
    least: Duration,
    count: u64,
}

impl Stopwatch {
    pub(crate) fn start(heap: Option<Heap>, millis: u32) -> Self {
        let heap = heap.map(|heap| (heap, heap.stats()));
        let least = Duration::from_millis(millis.into());
        Self { heap, start: Instant::now(), least, count: 0 }
    }

    /// Adds a lot. Returns what was measured once the time is over.
    pub(crate) fn lap(&mut self, lot: u32) -> Option<Reading> {
        self.count += u64::from(lot);
        let wall = self.start.elapsed();
        if wall < self.least {
            return None;
        }
        let spent = self.heap.map(|(heap, before)| heap.stats() - before);
        // What grows may be given another place, as it is where it is allocated anew.
        let calls = spent.map(|spent| spent.allocations + spent.reallocations);
        Some(Reading {
            count: self.count,
            wall: nanos(wall),
            allocations: calls.and_then(|calls| calls.try_into().ok()),
            allocated_bytes: spent.and_then(|spent| spent.bytes_allocated.try_into().ok()),
            ..Reading::default()
        })
    }
}

/// A reading of single times; `wall` is that of all of them.
pub(crate) fn reading_of(mut times: Vec<Duration>, wall: Duration) -> Reading {
    times.sort_unstable();
    let percentile = |percent: usize| {
        let index = (times.len() * percent / 100).min(times.len().saturating_sub(1));
        times.get(index).copied().map(nanos)
    };
    Reading {
        count: times.len() as u64,
        wall: nanos(wall),
        p50: percentile(50),
        p99: percentile(99),
        ..Reading::default()
    }
}

pub(crate) fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_sorted_times() {
        let times = (1..=200).rev().map(Duration::from_nanos).collect();
        let reading = reading_of(times, Duration::from_nanos(7));
        assert_eq!((reading.count, reading.wall), (200, 7));
        assert_eq!((reading.p50, reading.p99), (Some(101), Some(199)));
        let one = reading_of(vec![Duration::from_nanos(5)], Duration::ZERO);
        assert_eq!((one.p50, one.p99), (Some(5), Some(5)));
        assert_eq!(reading_of(Vec::new(), Duration::ZERO).p50, None);
    }
}

//! What a process uses, seen from outside, and where it runs.

#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "elsewhere.rs")]
mod system;

use std::collections::BTreeMap;

pub use system::{allow_many_files, cpu_nanos, descendants, on_core, resident_bytes, system_name};
use system::{cores, wake_ups};

/// Which core is whose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pinning {
    /// That of the server.
    pub server: Option<usize>,
    /// That of who speaks with it.
    pub contestant: Option<usize>,
}

impl Pinning {
    /// The server on the first core of those that we may use and the contestants on the second,
    /// where there are two and the system can do that.
    pub fn detect() -> Self {
        Self::among(&cores())
    }

    fn among(cores: &[usize]) -> Self {
        match *cores {
            [first, second, ..] => Self { server: Some(first), contestant: Some(second) },
            _ => Self::default(),
        }
    }

    /// Whether everybody has a core of his own.
    pub fn is_pinned(self) -> bool {
        self.server.is_some()
    }
}

/// Wake-ups of a process, by thread: how often it has waited for something that came.
///
/// Threads that end take their numbers with them, so somebody who counts has to look often.
#[derive(Debug, Default)]
pub struct WakeUps {
    by_thread: BTreeMap<i32, u64>,
    count: u64,
}

impl WakeUps {
    /// Begins to count; `None` where the system does not tell.
    pub fn of(process: u32) -> Option<Self> {
        Some(Self { by_thread: wake_ups(process)?, count: 0 })
    }

    /// Adds what has come since the last look.
    pub fn look(&mut self, process: u32) {
        if let Some(now) = wake_ups(process) {
            self.add(now);
        }
    }

    fn add(&mut self, now: BTreeMap<i32, u64>) {
        let since = |(thread, wake_ups): (&i32, &u64)| {
            let before = self.by_thread.get(thread).copied().unwrap_or_default();
            wake_ups.saturating_sub(before)
        };
        self.count += now.iter().map(since).sum::<u64>();
        self.by_thread = now;
    }

    /// All of them so far.
    pub fn count(&self) -> u64 {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_core_is_nobodys() {
        assert!(!Pinning::among(&[]).is_pinned());
        assert!(!Pinning::among(&[3]).is_pinned());
        let pinning = Pinning::among(&[2, 5, 6]);
        assert_eq!((pinning.server, pinning.contestant), (Some(2), Some(5)));
    }

    #[test]
    fn wake_ups_of_threads_that_come_and_go_are_counted() {
        let mut wake_ups = WakeUps { by_thread: BTreeMap::from([(1, 10), (2, 500)]), count: 0 };
        wake_ups.add(BTreeMap::from([(1, 13), (3, 4)]));
        assert_eq!(wake_ups.count(), 7);
        wake_ups.add(BTreeMap::from([(1, 14), (3, 4)]));
        assert_eq!(wake_ups.count(), 8);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_can_be_measured() {
        let process = std::process::id();
        let before = cpu_nanos(process).expect("CPU time");
        std::hint::black_box((0..1_000_000_u64).fold(0_u64, |sum, n| sum.wrapping_mul(31) ^ n));
        assert!(cpu_nanos(process).expect("CPU time") >= before);
        assert!(resident_bytes(process).expect("memory") > 0);
        assert!(!wake_ups(process).expect("threads").is_empty());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_started_on_a_core_stays_there_and_we_do_not() {
        let before = cores();
        let core = before.last().copied();
        let inside = on_core(core, cores).expect("pinned");
        assert_eq!(inside, Vec::from_iter(core));
        assert_eq!(cores(), before);
    }
}

//! How much is measured, and in which pieces.

use aldis_bench::order::Order;

use crate::contestant::Kind;
use crate::measure::{CONNECT, ECHO, ECHO_WINDOW, RECEIVE, SEND, Work};
use crate::selection::Group;

/// Bytes of `data` in a message, about.
pub(crate) const PAYLOADS: [u32; 3] = [100, 1 << 10, 16 << 10];

/// Requests that are under way at once, in the tasks in which it is more than one.
const WINDOW: u32 = 64;

/// How much is measured of everything. A full run has to end within half an hour, and a quick one
/// within six minutes.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Processes of each contestant, one after the other: what a JIT makes of the same code
    /// differs from process to process.
    pub(crate) generations: u32,
    /// How long each task is done before anything counts, where code is compiled while it runs.
    warm_up_millis: u32,
    /// Rounds of all tasks that count, of each generation.
    pub(crate) rounds: u32,
    pub(crate) millis: u32,
    /// Messages in a lot, by size: so many that asking for the next lot takes next to no time.
    lots: [u32; 3],
    pub(crate) memory_rounds: u32,
    pub(crate) cold_rounds: u32,
    pub(crate) idle_windows: u32,
    pub(crate) limit_rounds: u32,
    pub(crate) server_rounds: u32,
    pub(crate) is_quick: bool,
}

impl Plan {
    pub(crate) fn full() -> Self {
        Self {
            generations: 2,
            warm_up_millis: 600,
            rounds: 3,
            millis: 300,
            lots: [20_000, 10_000, 1_000],
            memory_rounds: 5,
            cold_rounds: 5,
            idle_windows: 5,
            limit_rounds: 5,
            server_rounds: 5,
            is_quick: false,
        }
    }

    pub(crate) fn quick() -> Self {
        Self {
            generations: 1,
            warm_up_millis: 200,
            rounds: 3,
            millis: 80,
            lots: [5_000, 2_500, 500],
            memory_rounds: 1,
            cold_rounds: 2,
            idle_windows: 1,
            limit_rounds: 1,
            server_rounds: 2,
            is_quick: true,
        }
    }

    /// Work at full speed, in the order in which it is done.
    pub(crate) fn tasks(&self) -> Vec<Task> {
        let sized = || PAYLOADS.into_iter().zip(self.lots);
        let receive = sized().map(|(bytes, lot)| Task::Receive { bytes, lot });
        let send = sized().map(|(bytes, lot)| Task::Send { bytes, lot });
        let echo = [1, WINDOW]
            .into_iter()
            .flat_map(|window| PAYLOADS.into_iter().map(move |bytes| Task::Echo { bytes, window }));
        receive.chain(send).chain(echo).chain([Task::Connect]).collect()
    }

    /// How long a task is done before anything counts.
    pub(crate) fn warm_up_millis(&self, kind: Kind) -> u32 {
        if kind.needs_warming_up() { self.warm_up_millis } else { self.warm_up_millis / 4 }
    }
}

/// Work at full speed, of one kind and with messages of one size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    Receive { bytes: u32, lot: u32 },
    Send { bytes: u32, lot: u32 },
    Echo { bytes: u32, window: u32 },
    Connect,
}

impl Task {
    pub(crate) fn group(self) -> Group {
        match self {
            Self::Receive { .. } => Group::Receive,
            Self::Send { .. } => Group::Send,
            Self::Echo { .. } => Group::Echo,
            Self::Connect => Group::Connect,
        }
    }

    pub(crate) fn work(self) -> Work {
        match self {
            Self::Receive { .. } => RECEIVE,
            Self::Send { .. } => SEND,
            Self::Echo { window: 1, .. } => ECHO,
            Self::Echo { .. } => ECHO_WINDOW,
            Self::Connect => CONNECT,
        }
    }

    pub(crate) fn payload(self) -> Option<u32> {
        match self {
            Self::Receive { bytes, .. } | Self::Send { bytes, .. } | Self::Echo { bytes, .. } => {
                Some(bytes)
            }
            Self::Connect => None,
        }
    }

    /// What a contestant is told.
    pub(crate) fn order(self, kind: Kind, millis: u32) -> Order {
        match self {
            Self::Receive { bytes, lot } => Order::Receive { bytes, lot: kind.lot(lot), millis },
            Self::Send { bytes, lot } => Order::Send { bytes, lot: kind.lot(lot), millis },
            Self::Echo { bytes, window } => Order::Echo { bytes, lot: 1, window, millis },
            Self::Connect => Order::Connect { lot: 1, millis },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_rounds_count_at_least_in_a_full_run() {
        let plan = Plan::full();
        assert!(plan.generations * plan.rounds >= 5);
        assert!(plan.memory_rounds.min(plan.cold_rounds).min(plan.idle_windows) >= 5);
        assert!(Plan::quick().rounds >= 3);
    }

    #[test]
    fn each_kind_of_work_is_done_with_each_size() {
        let tasks = Plan::full().tasks();
        assert_eq!(tasks.len(), 13);
        let sizes = |work: Work| {
            let those = tasks.iter().filter(|task| task.work() == work);
            those.filter_map(|task| task.payload()).collect::<Vec<_>>()
        };
        for work in [RECEIVE, SEND, ECHO, ECHO_WINDOW] {
            assert_eq!(sizes(work), PAYLOADS, "{}", work.label);
        }
    }

    #[test]
    fn slow_contestants_have_smaller_lots() {
        let task = Task::Receive { bytes: 100, lot: 1_000 };
        let order = |kind| task.order(kind, 50);
        assert_eq!(order(Kind::Rust), Order::Receive { bytes: 100, lot: 1_000, millis: 50 });
        assert_eq!(order(Kind::Node), Order::Receive { bytes: 100, lot: 100, millis: 50 });
    }
}

//! What one order led to, and the numbers that it tells.

use aldis_bench::order::{Order, Reading};
use serde::Serialize;

use crate::measure::{Measure, Sample, allocated_bytes, allocations};
use crate::numbers::{float, micros, seconds};
use crate::plan::Task;

/// What a contestant answered, and what it used meanwhile. Times are in nanoseconds.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Outcome {
    pub(crate) order: Order,
    pub(crate) reading: Reading,
    /// CPU time of the contestant, what it takes to clear away included, where the system tells.
    pub(crate) cpu: Option<u64>,
    /// CPU time of the server.
    pub(crate) server_cpu: Option<u64>,
}

impl Outcome {
    /// How fast it was, and what it cost.
    pub(crate) fn rates(&self, contestant: &str, task: Task) -> Vec<Sample> {
        let (work, payload) = (task.work(), task.payload());
        let sample = |measure: Measure, value| Sample::new(measure.of(payload), contestant, value);
        let count = float(self.reading.count);
        let mut samples = vec![Sample {
            server_share: self.server_cpu.map(|cpu| float(cpu) / float(self.reading.wall)),
            ..sample(work.per_second(), count / seconds(self.reading.wall))
        }];
        if let Some(cpu) = self.cpu {
            samples.push(sample(work.cpu_each(), micros(cpu) / count));
            // The same the other way round, for what comes in streams.
            if matches!(task, Task::Receive { .. } | Task::Send { .. }) {
                samples.push(sample(work.per_cpu_second(), count / seconds(cpu)));
            }
        }
        let times = [(work.p50(), self.reading.p50), (work.p99(), self.reading.p99)];
        let told = times.into_iter().filter_map(|(measure, time)| Some((measure, time?)));
        samples.extend(told.map(|(measure, time)| sample(measure, micros(time))));
        samples
    }

    /// What it allocated for each message.
    pub(crate) fn allocations(&self, contestant: &str, task: Task) -> Vec<Sample> {
        let all = [
            (allocations(), self.reading.allocations),
            (allocated_bytes(), self.reading.allocated_bytes),
        ];
        let told = all.into_iter().filter_map(|(measure, total)| Some((measure, total?)));
        let each = |total| float(total) / float(self.reading.count);
        told.map(|(measure, total)| {
            Sample::new(measure.of(task.payload()), contestant, each(total))
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(samples: &[Sample]) -> Vec<(&str, f64)> {
        samples.iter().map(|it| (it.measure.name.as_str(), it.value)).collect()
    }

    fn outcome(reading: Reading) -> Outcome {
        let order = Order::Connect { lot: 1, millis: 500 };
        let (cpu, server_cpu) = (Some(200_000_000), Some(485_000_000));
        Outcome { order, reading, cpu, server_cpu }
    }

    #[test]
    fn rates_follow_from_counts_and_times() {
        let reading = Reading { count: 1_000, wall: 500_000_000, ..Reading::default() };
        let samples = outcome(reading).rates("limit", Task::Receive { bytes: 100, lot: 10 });
        let expected = [
            ("receive, events per second", 2_000.0),
            ("receive, CPU per event", 200.0),
            ("receive, events per CPU second", 5_000.0),
        ];
        assert_eq!(told(&samples), expected);
        assert_eq!(samples[0].server_share, Some(0.97));
        assert!(samples.iter().all(|it| it.measure.payload == Some(100)));
    }

    #[test]
    fn single_times_are_told_where_there_are_any() {
        let (p50, p99) = (Some(30_000), Some(90_000));
        let reading = Reading { count: 10, wall: 1, p50, p99, ..Reading::default() };
        let samples = outcome(reading).rates("limit", Task::Echo { bytes: 100, window: 64 });
        let expected = [("echo 64 at once, p50", 30.0), ("echo 64 at once, p99", 90.0)];
        assert_eq!(told(&samples)[2..], expected);
    }

    #[test]
    fn where_the_system_tells_no_cpu_time_there_is_only_the_rate() {
        let reading = Reading { count: 10, wall: 1, ..Reading::default() };
        let outcome = Outcome { cpu: None, server_cpu: None, ..outcome(reading) };
        assert_eq!(outcome.rates("limit", Task::Connect).len(), 1);
    }

    #[test]
    fn allocations_are_by_event() {
        let reading = Reading { count: 10, allocated_bytes: Some(5_000), ..Reading::default() };
        let task = Task::Receive { bytes: 100, lot: 10 };
        let samples = outcome(reading).allocations("okhttp-jca", task);
        assert_eq!(told(&samples), [("bytes allocated per event", 500.0)]);
    }
}

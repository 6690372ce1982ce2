//! Work at full speed: all contestants live side by side and work by turns, so that what changes
//! on the machine meanwhile meets all of them.

use std::time::Duration;

use aldis_bench::outside::cpu_nanos;
use serde::Serialize;

use crate::arena::Arena;
use crate::contestant::{Contestant, Kind, LIMIT, Purpose};
use crate::outcome::Outcome;
use crate::plan::{Plan, Task};
use crate::process::{NoReading, Process};
use crate::record::Record;
use crate::selection::{Group, Selection};

/// How much longer than planned a task may take before its process counts as hung. Contestants have
/// a limit of their own, which is shorter and tells more.
const GRACE: Duration = Duration::from_secs(90);

/// Lets all that is selected race.
pub(crate) fn run(arena: &Arena, plan: &Plan, selection: &Selection, record: &mut Record) {
    let entries = entries(&plan.tasks(), selection);
    if entries.is_empty() {
        return;
    }
    let mut race = Race { arena, plan, selection, record };
    for generation in 1..=plan.generations {
        race.generation(generation, &entries);
    }
}

struct Race<'a> {
    arena: &'a Arena,
    plan: &'a Plan,
    selection: &'a Selection,
    record: &'a mut Record,
}

/// A contestant, and whether it is the program that counts its allocations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    contestant: &'static Contestant,
    counts: bool,
}

/// A process of a contestant; none when it has failed.
struct Racer {
    entry: Entry,
    process: Option<Process>,
}

/// A reading as it is kept.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Kept<'a> {
    generation: u32,
    round: u32,
    counts_allocations: bool,
    #[serde(flatten)]
    outcome: &'a Outcome,
}

/// Who has something to do.
fn entries(tasks: &[Task], selection: &Selection) -> Vec<Entry> {
    let all = selection
        .contestants
        .iter()
        .flat_map(|&contestant| [false, true].map(|counts| Entry { contestant, counts }));
    all.filter(|entry| tasks.iter().any(|task| entry.does(*task, selection))).collect()
}

impl Entry {
    /// Whether it is to do a task. A JVM tells its allocations by the way, in the same work; who
    /// would be slower for it has a program of its own for that. The limit makes
    /// nothing of an event, and so allocates nothing.
    fn does(self, task: Task, selection: &Selection) -> bool {
        let kind = self.contestant.kind;
        let is_counted = task.group() == Group::Receive && selection.has(Group::Allocations);
        if self.counts {
            is_counted && kind == Kind::Rust && self.contestant.name != LIMIT
        } else {
            selection.has(task.group()) || (is_counted && kind.runs_on_jvm())
        }
    }
}

impl Race<'_> {
    fn generation(&mut self, generation: u32, entries: &[Entry]) {
        let of = format!("race, processes {generation} of {}", self.plan.generations);
        self.record.progress(&format!("{of}, warming up"));
        // One after the other: a dozen JVMs that start at once on one core take minutes.
        let mut racers: Vec<_> = entries.iter().map(|&entry| self.warmed_up(entry)).collect();
        for round in 1..=self.plan.rounds {
            self.record.progress(&format!("{of}, round {round} of {}", self.plan.rounds));
            for task in self.plan.tasks() {
                for racer in &mut racers {
                    if let Some(outcome) = self.work(racer, task, self.plan.millis) {
                        self.take(racer.entry, task, &outcome, generation, round);
                    }
                }
            }
        }
        for racer in racers {
            if let Some(Err(error)) = racer.process.map(Process::finish) {
                self.record.failure(&error);
            }
        }
    }

    /// Starts a process, and lets it do what it will do until that is compiled.
    fn warmed_up(&mut self, entry: Entry) -> Racer {
        let purpose = if entry.counts { Purpose::Counting } else { Purpose::Speed };
        let process = self.arena.start(entry.contestant, purpose);
        let process = process.map_err(|error| self.record.failure(&error)).ok();
        let mut racer = Racer { entry, process };
        for task in self.plan.tasks() {
            self.work(&mut racer, task, self.plan.warm_up_millis(entry.contestant.kind));
        }
        racer
    }

    /// Lets a racer do a task. `None` where there is nothing to tell: the task is not its own, it
    /// does not do such work, or it has failed, now or before.
    fn work(&mut self, racer: &mut Racer, task: Task, millis: u32) -> Option<Outcome> {
        if !racer.entry.does(task, self.selection) {
            return None;
        }
        let process = racer.process.as_mut()?;
        let contestant = racer.entry.contestant;
        let order = task.order(contestant.kind, millis);
        let (server, worker) = (self.arena.server_id(), process.id());
        let (server_before, before) = (cpu_nanos(server), cpu_nanos(worker));
        let told = process.ask(order, GRACE + Duration::from_millis(millis.into()));
        let cpu = since(before, cpu_nanos(worker));
        let server_cpu = since(server_before, cpu_nanos(server));
        if let Err(NoReading::Failed(_)) = told {
            racer.process = None;
        }
        let reading = self.record.told(contestant.name, task.work().label, told)?;
        Some(Outcome { order, reading, cpu, server_cpu })
    }

    fn take(&mut self, entry: Entry, task: Task, outcome: &Outcome, generation: u32, round: u32) {
        let (name, counts) = (entry.contestant.name, entry.counts);
        let kept = Kept { generation, round, counts_allocations: counts, outcome };
        self.record.reading("race", name, kept);
        if !counts && self.selection.has(task.group()) {
            self.record.add(outcome.rates(name, task));
        }
        if self.selection.has(Group::Allocations) {
            self.record.add(outcome.allocations(name, task));
        }
    }
}

fn since(before: Option<u64>, after: Option<u64>) -> Option<u64> {
    Some(after?.saturating_sub(before?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries_of(names: &[&str]) -> Vec<(&'static str, bool)> {
        let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
        let selection = Selection::of(&names).expect("names");
        entries(&Plan::full().tasks(), &selection)
            .iter()
            .map(|entry| (entry.contestant.name, entry.counts))
            .collect()
    }

    #[test]
    fn allocations_are_counted_by_who_can() {
        let both = ["allocations", "aldis-rust", "okhttp-jca", "ts-bun"];
        assert_eq!(entries_of(&both), [("aldis-rust", true), ("okhttp-jca", false)]);
        let also_speed = ["allocations", "receive", "aldis-rust"];
        assert_eq!(entries_of(&also_speed), [("aldis-rust", false), ("aldis-rust", true)]);
    }

    #[test]
    fn without_anything_to_do_nobody_is_started() {
        assert_eq!(entries_of(&["memory", "size"]), []);
        assert_eq!(entries_of(&["allocations", "limit"]), []);
        assert_eq!(entries_of(&["connect", "limit"]), [("limit", false)]);
    }
}

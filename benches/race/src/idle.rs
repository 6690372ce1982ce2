//! What a connection costs that nobody uses: all contestants at once, a connection each, and
//! beside them a JVM that does nothing at all.

use std::thread;
use std::time::{Duration, Instant};

use aldis_bench::order::Order;
use aldis_bench::outside::{WakeUps, cpu_nanos};
use serde::Serialize;

use crate::arena::Arena;
use crate::contestant::{Contestant, IDLE_JVM, Purpose};
use crate::measure::{
    Sample, idle_cpu, idle_cpu_above_jvm, idle_wake_ups, idle_wake_ups_above_jvm,
};
use crate::numbers::{float, millis};
use crate::plan::Plan;
use crate::process::{NoReading, Process};
use crate::record::Record;
use crate::selection::{Group, Selection};

/// Two heartbeats fall into it.
const WINDOW: Duration = Duration::from_mins(1);

/// How often to look at the threads: those that end take their wake-ups with them.
const LOOK: Duration = Duration::from_secs(1);

/// What a start leaves behind, compilers of the JVM above all, gets time to end.
const CALMING_DOWN: Duration = Duration::from_secs(10);

const PATIENCE: Duration = Duration::from_mins(1);

/// Somebody who does nothing.
struct Idler {
    name: &'static str,
    runs_on_jvm: bool,
    process: Process,
}

/// What somebody used in a window, scaled to an hour.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Use {
    cpu_millis: f64,
    wake_ups: f64,
}

pub(crate) fn run(arena: &Arena, plan: &Plan, selection: &Selection, record: &mut Record) {
    if !selection.has(Group::Idle) {
        return;
    }
    record.progress("idle, connecting");
    let mut idlers = Vec::new();
    for contestant in &selection.contestants {
        let (name, runs_on_jvm) = (contestant.name, contestant.kind.runs_on_jvm());
        if let Some(process) = record.told(name, "idle", connected(arena, contestant)) {
            idlers.push(Idler { name, runs_on_jvm, process });
        }
    }
    match arena.start_as(IDLE_JVM, arena.programs.idle_jvm()) {
        // It is what others on a JVM are compared with.
        Ok(process) => idlers.push(Idler { name: IDLE_JVM, runs_on_jvm: false, process }),
        Err(error) => record.failure(&error),
    }
    thread::sleep(CALMING_DOWN);
    for window in 1..=plan.idle_windows {
        let seconds = WINDOW.as_secs();
        record.progress(&format!("idle, {seconds} s, {window} of {}", plan.idle_windows));
        let window = watch(&idlers);
        for (idler, used) in idlers.iter().zip(&window) {
            match used {
                Some(used) => record.reading("idle", idler.name, used),
                None => record.note(format!("{}, idle: this system does not tell", idler.name)),
            }
        }
        record.add(samples(idlers.iter().map(|it| (it.name, it.runs_on_jvm)), &window));
    }
    for idler in idlers {
        if let Err(error) = idler.process.finish() {
            record.failure(&error);
        }
    }
}

/// A new process that has connected.
fn connected(arena: &Arena, contestant: &Contestant) -> Result<Process, NoReading> {
    let mut process = arena.start(contestant, Purpose::Ordinary)?;
    process.ask(Order::Hold { clients: 1 }, PATIENCE)?;
    Ok(process)
}

/// Watches all of them for one window. `None` is for whom the system does not tell.
fn watch(idlers: &[Idler]) -> Vec<Option<Use>> {
    let start = Instant::now();
    let ids = || idlers.iter().map(|idler| idler.process.id());
    let before: Vec<_> = ids().map(cpu_nanos).collect();
    let mut wake_ups: Vec<_> = ids().map(WakeUps::of).collect();
    while start.elapsed() < WINDOW {
        thread::sleep(LOOK);
        for (id, wake_ups) in ids().zip(&mut wake_ups) {
            if let Some(wake_ups) = wake_ups {
                wake_ups.look(id);
            }
        }
    }
    let an_hour = 3_600.0 / start.elapsed().as_secs_f64();
    let used = |((id, before), wake_ups): ((u32, Option<u64>), Option<WakeUps>)| {
        let cpu = cpu_nanos(id)?.saturating_sub(before?);
        let wake_ups = float(wake_ups?.count()) * an_hour;
        Some(Use { cpu_millis: millis(cpu) * an_hour, wake_ups })
    };
    ids().zip(before).zip(wake_ups).map(used).collect()
}

/// What all of them used, and what those on a JVM used more than a JVM does that does nothing.
fn samples(
    idlers: impl Iterator<Item = (&'static str, bool)>,
    window: &[Option<Use>],
) -> Vec<Sample> {
    let all: Vec<_> =
        idlers.zip(window).filter_map(|(idler, used)| Some((idler, (*used)?))).collect();
    let bare = all.iter().find(|((name, _), _)| *name == IDLE_JVM).map(|(_, used)| *used);
    let mut samples = Vec::new();
    for ((name, runs_on_jvm), Use { cpu_millis, wake_ups }) in all {
        samples.push(Sample::new(idle_cpu(), name, cpu_millis));
        samples.push(Sample::new(idle_wake_ups(), name, wake_ups));
        if let Some(bare) = bare.filter(|_| runs_on_jvm) {
            samples.push(Sample::new(idle_cpu_above_jvm(), name, cpu_millis - bare.cpu_millis));
            let above = wake_ups - bare.wake_ups;
            samples.push(Sample::new(idle_wake_ups_above_jvm(), name, above));
        }
    }
    samples
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_bare_jvm_takes_is_no_contestants_fault() {
        let used = |cpu_millis, wake_ups| Some(Use { cpu_millis, wake_ups });
        let idlers =
            [("limit", false), ("okhttp-jca", true), ("ktor-cio", true), (IDLE_JVM, false)];
        let window = [used(1.0, 5.0), used(3_000.0, 90.0), None, used(2_000.0, 80.0)];
        let samples = samples(idlers.into_iter(), &window);
        let above: Vec<_> = samples
            .iter()
            .filter(|it| it.measure.name.ends_with("above a bare JVM"))
            .map(|it| (it.contestant.as_str(), it.value))
            .collect();
        assert_eq!(above, [("okhttp-jca", 1_000.0), ("okhttp-jca", 10.0)]);
        assert_eq!(samples.len(), 3 * 2 + 2);
    }
}

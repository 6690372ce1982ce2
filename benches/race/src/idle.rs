//! What a connection costs that nobody uses: all contestants at once, a connection each, and
//! beside them a JVM that does nothing at all.

use std::thread;
use std::time::{Duration, Instant};

use aldis_bench::order::{Answer, Order};
use serde_json::json;

use crate::arena::Arena;
use crate::contestant::{IDLE_JVM, Purpose};
use crate::measure::{Sample, idle_cpu, idle_wake_ups};
use crate::outcome::{float, millis};
use crate::outside::{WakeUps, cpu_nanos};
use crate::plan::Plan;
use crate::process::{Process, ProcessError};
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
    process: Process,
}

pub(crate) fn run(arena: &Arena, plan: &Plan, selection: &Selection, record: &mut Record) {
    if !selection.has(Group::Idle) {
        return;
    }
    record.progress("idle, connecting");
    let mut idlers = Vec::new();
    for contestant in &selection.contestants {
        let name = contestant.name;
        let started = arena.start(contestant, Purpose::Ordinary);
        match started.and_then(connected) {
            Ok(Ok(process)) => idlers.push(Idler { name, process }),
            Ok(Err(why)) => record.note(format!("{name}, idle: {why}")),
            Err(error) => record.failure(&error),
        }
    }
    match arena.start_as(IDLE_JVM, arena.programs.idle_jvm()) {
        Ok(process) => idlers.push(Idler { name: IDLE_JVM, process }),
        Err(error) => record.failure(&error),
    }
    thread::sleep(CALMING_DOWN);
    for window in 1..=plan.idle_windows {
        let seconds = WINDOW.as_secs();
        record.progress(&format!("idle, {seconds} s, {window} of {}", plan.idle_windows));
        watch(&idlers, record);
    }
    for idler in idlers {
        if let Err(error) = idler.process.finish() {
            record.failure(&error);
        }
    }
}

/// Lets a process connect; or says why it does not.
fn connected(mut process: Process) -> Result<Result<Process, String>, ProcessError> {
    Ok(match process.ask(Order::Hold { clients: 1 }, PATIENCE)? {
        Answer::Done(_) => Ok(process),
        Answer::Unsupported { unsupported } => Err(unsupported),
    })
}

/// Watches all of them for one window.
fn watch(idlers: &[Idler], record: &mut Record) {
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
    for ((idler, before), wake_ups) in idlers.iter().zip(before).zip(wake_ups) {
        let after = cpu_nanos(idler.process.id());
        let (Some(before), Some(after), Some(wake_ups)) = (before, after, wake_ups) else {
            record.note(format!("{}, idle: this system does not tell", idler.name));
            continue;
        };
        let cpu = millis(after.saturating_sub(before));
        let wake_ups = float(wake_ups.count());
        record.add([Sample::new(idle_cpu(), idler.name, cpu * an_hour)]);
        record.add([Sample::new(idle_wake_ups(), idler.name, wake_ups * an_hour)]);
        let reading = json!({ "cpuMillis": cpu, "wakeUps": wake_ups, "toAnHour": an_hour });
        record.reading("idle", idler.name, reading);
    }
}

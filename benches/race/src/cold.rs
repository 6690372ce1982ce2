//! Cold starts: a new process each time, until it has its first event.

use std::time::{Duration, Instant};

use aldis_bench::order::{Order, Reading};
use serde_json::json;

use crate::arena::Arena;
use crate::contestant::{Contestant, Purpose};
use crate::measure::{Sample, cold_inside, cold_outside};
use crate::numbers::millis;
use crate::plan::Plan;
use crate::process::NoReading;
use crate::record::Record;
use crate::selection::{Group, Selection};

const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) fn run(arena: &Arena, plan: &Plan, selection: &Selection, record: &mut Record) {
    if !selection.has(Group::Cold) {
        return;
    }
    let mut contestants = selection.contestants.clone();
    // What the first start brings into the caches of the system, all later ones find there. In a
    // glance what ran before has to do.
    for round in u32::from(plan.is_quick)..=plan.cold_rounds {
        let is_warm_up = round == 0;
        record.progress(&format!("cold start, round {round} of {}", plan.cold_rounds));
        contestants.retain(|contestant| {
            let name = contestant.name;
            let told = record.told(name, "cold start", first(arena, contestant));
            let Some((reading, outside)) = told else { return false };
            if !is_warm_up {
                let (inside, outside) = (millis(reading.wall), outside.as_secs_f64() * 1e3);
                record.add([Sample::new(cold_inside(), name, inside)]);
                record.add([Sample::new(cold_outside(), name, outside)]);
                record.reading("cold", name, json!({ "inside": inside, "outside": outside }));
            }
            true
        });
    }
}

/// The reading of a new process, and when it came. What it clears away before it answers, and how
/// long it waits then until it does nothing more, is part of the time outside only.
fn first(arena: &Arena, contestant: &Contestant) -> Result<(Reading, Duration), NoReading> {
    let start = Instant::now();
    let mut process = arena.start(contestant, Purpose::Ordinary)?;
    let reading = process.ask(Order::First, PATIENCE)?;
    let outside = start.elapsed();
    process.finish()?;
    Ok((reading, outside))
}

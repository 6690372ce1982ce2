//! What clients take of memory: a new process of one contestant at a time, with more and more
//! clients.

use std::time::Duration;

use aldis_bench::order::Order;
use aldis_bench::outside::resident_bytes;
use serde::Serialize;

use crate::arena::Arena;
use crate::contestant::{Contestant, Purpose};
use crate::measure::{Sample, memory_of_each, memory_of_one};
use crate::numbers::float;
use crate::plan::Plan;
use crate::process::NoReading;
use crate::record::Record;
use crate::selection::{Group, Selection};

/// Clients in one process.
pub(crate) const CLIENTS: [u32; 3] = [1, 100, 1_000];

/// A thousand connections of a slow contestant on a slow machine.
const PATIENCE: Duration = Duration::from_mins(3);

/// Memory of a process with so many clients.
#[derive(Debug, Serialize)]
struct Held {
    clients: u32,
    bytes: u64,
}

pub(crate) fn run(arena: &Arena, plan: &Plan, selection: &Selection, record: &mut Record) {
    if !selection.has(Group::Memory) {
        return;
    }
    let mut contestants = selection.contestants.clone();
    for round in 1..=plan.memory_rounds {
        record.progress(&format!("memory, round {round} of {}", plan.memory_rounds));
        contestants.retain(|contestant| {
            let name = contestant.name;
            let Some(held) = record.told(name, "memory", hold(arena, contestant)) else {
                return false;
            };
            record.add(samples(name, &held));
            record.reading("memory", name, held);
            true
        });
    }
}

/// Lets a new process hold clients.
fn hold(arena: &Arena, contestant: &Contestant) -> Result<Vec<Held>, NoReading> {
    let mut process = arena.start(contestant, Purpose::Memory)?;
    let mut held = Vec::new();
    for clients in CLIENTS {
        process.ask(Order::Hold { clients }, PATIENCE)?;
        let bytes = resident_bytes(process.id());
        let untold = || NoReading::Unsupported("this system does not tell".to_owned());
        held.push(Held { clients, bytes: bytes.ok_or_else(untold)? });
    }
    process.finish()?;
    Ok(held)
}

/// What the first client takes with all that it needs, and what each further one adds.
fn samples(contestant: &str, held: &[Held]) -> Vec<Sample> {
    let Some(first) = held.first() else { return Vec::new() };
    let one = Sample::new(memory_of_one(), contestant, float(first.bytes) / 1024.0);
    let further = held[1..].iter().map(|then| {
        let growth = float(then.bytes) - float(first.bytes);
        let each = growth / f64::from(then.clients - first.clients);
        Sample::new(memory_of_each(then.clients), contestant, each / 1024.0)
    });
    std::iter::once(one).chain(further).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_further_clients_add_is_told_by_client() {
        let at = |clients, kib: u64| Held { clients, bytes: kib * 1024 };
        let samples = samples("aldis-rust", &[at(1, 5_000), at(100, 6_980), at(1_000, 24_980)]);
        let values: Vec<_> = samples.iter().map(|it| it.value).collect();
        assert_eq!(values, [5_000.0, 20.0, 20.0]);
        assert_eq!(samples[2].measure, memory_of_each(1_000));
    }
}

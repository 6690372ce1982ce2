//! The server: messages to the members of a room, and connections that do nothing, beside the
//! real IGNIS server. The program `bench-members` starts both servers and measures by turns.

use std::process::Command;
use std::time::Duration;

use aldis_bench::members::{Line, Name};

use crate::arena::Arena;
use crate::measure::{
    Measure, Room, Sample, deliveries_per_cpu_second, deliveries_per_second, delivery_cpu,
    idle_connection,
};
use crate::numbers::{float, micros, seconds};
use crate::plan::Plan;
use crate::process::Process;
use crate::record::Record;
use crate::selection::{Group, Selection};

/// Ten thousand connections to a slow server, and its rounds.
const PATIENCE: Duration = Duration::from_mins(5);

pub(crate) fn run(arena: &Arena, plan: &Plan, selection: &Selection, record: &mut Record) {
    if !selection.has(Group::Server) {
        return;
    }
    record.progress("the server, beside IGNIS");
    let mut command: Command = arena.programs.members();
    // Fewer messages each time do: they are spread over rounds, and IGNIS takes seconds for them.
    command.args(["--quick", "--rounds", &plan.server_rounds.to_string()]);
    // It has two servers and many clients to place, and does so itself.
    let measured = Process::start("bench-members", command, None).and_then(|process| {
        process.read_all(PATIENCE, |line: Line| {
            record.add(samples(&line));
            record.reading("server", &line.contestant.to_string(), line);
        })
    });
    if let Err(error) = measured {
        record.failure(&error);
    }
}

/// What a line of `bench-members` tells.
fn samples(line: &Line) -> Vec<Sample> {
    let contestant = line.contestant.to_string();
    match line.name {
        Name::RoomDeliveries => {
            let (count, room) = (float(line.count), Room::of(line));
            let sample = |measure: Measure, value| {
                Sample::new(measure.of(Some(line.payload)), &contestant, value)
            };
            vec![
                sample(deliveries_per_second(room), count / seconds(line.wall)),
                sample(delivery_cpu(room), micros(line.server_cpu) / count),
                sample(deliveries_per_cpu_second(room), count / seconds(line.server_cpu)),
            ]
        }
        Name::IdleConnections => {
            let before = line.rss_bytes_before.unwrap_or_default();
            let each = (float(line.rss_bytes) - float(before)) / f64::from(line.members);
            vec![Sample::new(idle_connection(line.members), contestant, each / 1024.0)]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(json: &str) -> Vec<(String, f64)> {
        let line: Line = serde_json::from_str(json).expect("a line");
        samples(&line).into_iter().map(|it| (it.measure.name, it.value)).collect()
    }

    #[test]
    fn deliveries_and_idle_connections_are_told_apart() {
        let deliveries = told(
            r#"{"contestant":"ignis","name":"room deliveries","members":200,"payload":100,
                "underWay":16,"count":1000,"wall":500000000,"serverCpu":250000000,
                "besideCpu":0,"swaps":0,"rssBytes":7}"#,
        );
        let expected = [
            ("server, deliveries per second to 200, 16 at once".to_owned(), 2_000.0),
            ("server, CPU per delivery to 200, 16 at once".to_owned(), 250.0),
            ("server, deliveries per CPU second to 200, 16 at once".to_owned(), 4_000.0),
        ];
        assert_eq!(deliveries, expected);
        let idle = told(
            r#"{"contestant":"aldis-server","name":"idle connections","members":10000,"payload":0,
                "underWay":0,"count":10000,"wall":1,"serverCpu":1,"besideCpu":0,"swaps":0,"rssBytes":112400000,
                "rssBytesBefore":10000000}"#,
        );
        assert_eq!(idle, [("server, memory of each of 10000 idle connections".to_owned(), 10.0)]);
    }
}

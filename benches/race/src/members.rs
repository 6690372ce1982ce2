//! The server: messages to the members of a room, and connections that do nothing, beside the
//! real IGNIS server. The program `bench-members` starts both servers and measures by turns.

use std::process::Command;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::arena::Arena;
use crate::measure::{
    Measure, Sample, deliveries_per_cpu_second, deliveries_per_second, delivery_cpu,
    idle_connection,
};
use crate::outcome::{float, micros, seconds};
use crate::plan::Plan;
use crate::process::Process;
use crate::record::Record;
use crate::selection::{Group, Selection};

/// Ten thousand connections to a slow server, and its rounds.
const PATIENCE: Duration = Duration::from_mins(5);

/// What `bench-members` has measured in one round.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reading {
    /// The server.
    contestant: String,
    name: Subject,
    /// Members of the room, or idle connections.
    members: u64,
    /// Bytes of a message's data, about; of no meaning to idle connections.
    payload: u32,
    /// Deliveries.
    count: u64,
    /// Nanoseconds.
    wall: u64,
    /// Nanoseconds of the server's CPU time.
    server_cpu: u64,
    /// Memory of the server.
    rss_bytes: u64,
    /// The same before there were idle connections.
    rss_bytes_before: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Subject {
    #[serde(rename = "room deliveries")]
    Deliveries,
    #[serde(rename = "idle connections")]
    Idle,
}

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
        process.read_all(PATIENCE, |reading: Reading| {
            record.add(reading.samples());
            record.reading("server", &reading.contestant, &reading);
        })
    });
    if let Err(error) = measured {
        record.failure(&error);
    }
}

impl Reading {
    fn samples(&self) -> Vec<Sample> {
        let sample = |measure, value| Sample::new(measure, &self.contestant, value);
        match self.name {
            Subject::Deliveries => {
                let (count, members) = (float(self.count), self.members);
                let sample =
                    |measure: Measure, value| sample(measure.of(Some(self.payload)), value);
                vec![
                    sample(deliveries_per_second(members), count / seconds(self.wall)),
                    sample(delivery_cpu(members), micros(self.server_cpu) / count),
                    sample(deliveries_per_cpu_second(members), count / seconds(self.server_cpu)),
                ]
            }
            Subject::Idle => {
                let before = self.rss_bytes_before.unwrap_or_default();
                let each = (float(self.rss_bytes) - float(before)) / float(self.members);
                vec![sample(idle_connection(self.members), each / 1024.0)]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(json: &str) -> Vec<(String, f64)> {
        let reading: Reading = serde_json::from_str(json).expect("a reading");
        reading.samples().into_iter().map(|it| (it.measure.name, it.value)).collect()
    }

    #[test]
    fn deliveries_and_idle_connections_are_told_apart() {
        let deliveries = told(
            r#"{"contestant":"ignis","name":"room deliveries","members":200,"payload":100,"count":1000,
                "wall":500000000,"serverCpu":250000000,"rssBytes":7}"#,
        );
        let expected = [
            ("server, deliveries per second to 200".to_owned(), 2_000.0),
            ("server, CPU per delivery to 200".to_owned(), 250.0),
            ("server, deliveries per CPU second to 200".to_owned(), 4_000.0),
        ];
        assert_eq!(deliveries, expected);
        let idle = told(
            r#"{"contestant":"aldis-server","name":"idle connections","members":10000,"payload":0,
                "count":10000,"wall":1,"serverCpu":1,"rssBytes":112400000,
                "rssBytesBefore":10000000}"#,
        );
        assert_eq!(idle, [("server, memory of each of 10000 idle connections".to_owned(), 10.0)]);
    }
}

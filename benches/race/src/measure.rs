//! What is measured, by name. Findings, tables and aims all speak of these.

use std::fmt;

use aldis_bench::members::Line;
use serde::Serialize;

/// Whether more or less of it is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Better {
    Higher,
    Lower,
}

/// Something that is measured, of messages of one size where they have one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub(crate) struct Measure {
    pub(crate) name: String,
    /// Bytes of `data`, about.
    pub(crate) payload: Option<u32>,
    pub(crate) unit: String,
    pub(crate) better: Better,
}

impl Measure {
    pub(crate) fn higher(name: impl Into<String>, unit: impl Into<String>) -> Self {
        Self { name: name.into(), payload: None, unit: unit.into(), better: Better::Higher }
    }

    pub(crate) fn lower(name: impl Into<String>, unit: impl Into<String>) -> Self {
        Self { name: name.into(), payload: None, unit: unit.into(), better: Better::Lower }
    }

    /// The same, of messages of `bytes`.
    pub(crate) fn of(mut self, bytes: Option<u32>) -> Self {
        self.payload = bytes;
        self
    }
}

/// What one round told about one contestant.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub(crate) measure: Measure,
    pub(crate) contestant: String,
    pub(crate) value: f64,
    /// How much of its core the server used meanwhile, where that could have been what limited it.
    pub(crate) server_share: Option<f64>,
}

impl Sample {
    pub(crate) fn new(measure: Measure, contestant: impl Into<String>, value: f64) -> Self {
        Self { measure, contestant: contestant.into(), value, server_share: None }
    }
}

/// Work of which there is a rate: what it is called, and what one of it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Work {
    pub(crate) label: &'static str,
    one: &'static str,
    many: &'static str,
}

pub(crate) const RECEIVE: Work = Work { label: "receive", one: "event", many: "events" };
pub(crate) const SEND: Work = Work { label: "send", one: "message", many: "messages" };
pub(crate) const ECHO: Work = Work { label: "echo one at a time", one: "echo", many: "echoes" };
pub(crate) const ECHO_WINDOW: Work = Work { label: "echo 64 at once", one: "echo", many: "echoes" };
pub(crate) const CONNECT: Work = Work { label: "connect", one: "connection", many: "connections" };

impl Work {
    pub(crate) fn per_second(self) -> Measure {
        let Self { label, many, .. } = self;
        Measure::higher(format!("{label}, {many} per second"), format!("{many}/s"))
    }

    pub(crate) fn cpu_each(self) -> Measure {
        let Self { label, one, .. } = self;
        Measure::lower(format!("{label}, CPU per {one}"), "µs")
    }

    pub(crate) fn per_cpu_second(self) -> Measure {
        let Self { label, many, .. } = self;
        Measure::higher(format!("{label}, {many} per CPU second"), format!("{many}/CPU s"))
    }

    pub(crate) fn p50(self) -> Measure {
        Measure::lower(format!("{}, p50", self.label), "µs")
    }

    pub(crate) fn p99(self) -> Measure {
        Measure::lower(format!("{}, p99", self.label), "µs")
    }
}

/// Allocations for one event that is received.
pub(crate) fn allocations() -> Measure {
    Measure::lower("allocations per event", "allocations")
}

/// Bytes allocated for one event that is received.
pub(crate) fn allocated_bytes() -> Measure {
    Measure::lower("bytes allocated per event", "B")
}

/// Memory of a process with one client.
pub(crate) fn memory_of_one() -> Measure {
    Measure::lower("memory, a process with one client", "KiB")
}

/// What each further client adds to the memory, when there are so many.
pub(crate) fn memory_of_each(clients: u32) -> Measure {
    Measure::lower(format!("memory, each further client of {clients}"), "KiB")
}

/// From before the library is loaded to the first event, as the process itself sees it.
pub(crate) fn cold_inside() -> Measure {
    Measure::lower("cold start, from loading the library to the first event", "ms")
}

/// From the start of the process until it has answered, as others see it.
pub(crate) fn cold_outside() -> Measure {
    Measure::lower("cold start, from the start of the process to its answer", "ms")
}

/// CPU time of a process with an idle connection.
pub(crate) fn idle_cpu() -> Measure {
    Measure::lower("idle, CPU per hour", "ms")
}

pub(crate) fn idle_wake_ups() -> Measure {
    Measure::lower("idle, wake-ups per hour", "wake-ups")
}

/// The same without what a JVM takes that does nothing.
pub(crate) fn idle_cpu_above_jvm() -> Measure {
    Measure::lower("idle, CPU per hour above a bare JVM", "ms")
}

pub(crate) fn idle_wake_ups_above_jvm() -> Measure {
    Measure::lower("idle, wake-ups per hour above a bare JVM", "wake-ups")
}

/// What a library, or the jars of a contestant, weigh.
pub(crate) fn size() -> Measure {
    Measure::lower("size", "B")
}

/// A room, and how many messages to it are under way at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    pub(crate) members: u32,
    pub(crate) at_once: u32,
}

impl Room {
    pub(crate) fn of(line: &Line) -> Self {
        Self { members: line.members, at_once: line.under_way }
    }
}

impl fmt::Display for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {} at once", self.members, self.at_once)
    }
}

/// Messages that a server hands to the members of one room.
pub(crate) fn deliveries_per_second(room: Room) -> Measure {
    Measure::higher(format!("server, deliveries per second to {room}"), "deliveries/s")
}

pub(crate) fn delivery_cpu(room: Room) -> Measure {
    Measure::lower(format!("server, CPU per delivery to {room}"), "µs")
}

pub(crate) fn deliveries_per_cpu_second(room: Room) -> Measure {
    Measure::higher(format!("server, deliveries per CPU second to {room}"), "deliveries/CPU s")
}

/// What each of so many quiet connections costs a server.
pub(crate) fn idle_connection(connections: u32) -> Measure {
    Measure::lower(format!("server, memory of each of {connections} idle connections"), "KiB")
}

/// AES-256-GCM on so many bytes, and nothing else.
pub(crate) fn aes() -> Measure {
    Measure::higher("limits, AES-256-GCM alone", "MB/s")
}

/// One bare call over the boundary of the JVM, with so many bytes.
pub(crate) fn crossing() -> Measure {
    Measure::lower("limits, a call over the boundary of the JVM", "ns")
}

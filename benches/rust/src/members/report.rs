//! What was measured.

use std::fmt;
use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::Kind;
use crate::Failure;

/// A measurement, printed as one line of JSON. Times are in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// Which server.
    pub contestant: Kind,
    /// What was measured.
    pub name: Name,
    /// Members of the room, or connections.
    pub members: u32,
    /// Bytes of a message's data, about.
    pub payload: u32,
    /// Messages under way at once; 0 for connections.
    pub under_way: u32,
    /// Deliveries, or connections.
    pub count: u64,
    /// From the first message to the last delivery; for connections, until all are authenticated.
    pub wall: u64,
    /// CPU time of the server's process meanwhile.
    pub server_cpu: u64,
    /// CPU time of what the server has beside it (Redis). Of deliveries only.
    pub beside_cpu: u64,
    /// Deliveries that were not in order, at a server that does not keep it.
    pub swaps: u64,
    /// Resident memory of the server's process, afterwards.
    pub rss_bytes: u64,
    /// The same before there were connections. Of idle connections only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rss_bytes_before: Option<u64>,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Name {
    /// A message that reaches a member of its room.
    #[serde(rename = "room deliveries")]
    RoomDeliveries,
    /// A connection that does nothing.
    #[serde(rename = "idle connections")]
    IdleConnections,
}

impl Line {
    pub(super) fn print(&self) -> Result<(), Failure> {
        Ok(writeln!(io::stdout(), "{}", serde_json::to_string(self)?)?)
    }
}

/// For people.
impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { contestant, members, payload, under_way, swaps, .. } = self;
        let per_count = |amount: u64| amount / self.count.max(1);
        let (wall, cpu) = (per_count(self.wall), per_count(self.server_cpu));
        match self.rss_bytes_before {
            None => write!(
                f,
                "{contestant}: {members} members, {payload} B, {under_way} under way: {wall} ns and \
                 {cpu} ns of CPU time by delivery, {} ns beside it, {swaps} out of order",
                per_count(self.beside_cpu)
            ),
            Some(before) => write!(
                f,
                "{contestant}: {members} idle connections: {} bytes each, and {cpu} ns of CPU time to \
                 connect",
                per_count(self.rss_bytes.saturating_sub(before))
            ),
        }
    }
}

//! What there is to choose.

use std::path::PathBuf;

use clap::Parser;

use super::Kind;

/// Deliveries of one measurement; a server of which this is too many takes a few seconds.
const DELIVERIES: u32 = 100_000;
const QUICK_DELIVERIES: u32 = 20_000;

/// Where the interoperability tests have it.
const IGNIS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/interop/ignis");

/// Measures servers: deliveries to the members of a room, and memory by idle connection.
#[derive(Debug, Parser)]
pub struct Options {
    /// How often each size is measured.
    #[arg(long, default_value_t = 5, value_name = "N")]
    pub rounds: u32,
    /// Fewer messages. Rooms are of the same size.
    #[arg(long)]
    pub quick: bool,
    /// Members of the rooms.
    #[arg(long, value_delimiter = ',', default_values_t = [200, 1_000, 5_000], value_name = "N,N")]
    pub members: Vec<u32>,
    /// Connections that do nothing; 0 leaves that out.
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    pub idle: u32,
    /// One contestant only.
    #[arg(long, value_name = "NAME")]
    pub only: Option<Kind>,
    /// The program of our server. Default: the one beside this program.
    #[arg(long, value_name = "FILE")]
    pub aldis: Option<PathBuf>,
    /// The folder of the IGNIS server, set up by its `setup`.
    #[arg(long, default_value = IGNIS, hide_default_value = true, value_name = "FOLDER")]
    pub ignis: PathBuf,
}

impl Options {
    pub(super) fn contestants(&self) -> Vec<Kind> {
        self.only.map_or_else(|| vec![Kind::Aldis, Kind::Ignis], |kind| vec![kind])
    }

    /// Messages that make enough deliveries to a room.
    pub(super) fn messages(&self, members: u32) -> u32 {
        let deliveries = if self.quick { QUICK_DELIVERIES } else { DELIVERIES };
        (deliveries / members).max(1)
    }
}

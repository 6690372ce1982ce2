//! Where the contestants meet: their programs, their server, and the cores.

use std::process::Command;
use std::time::Duration;

use aldis_bench::outside::Pinning;
use serde::Deserialize;

use crate::contestant::{Contestant, LIMIT, Programs, Purpose};
use crate::process::{Process, ProcessError};

/// How long a server may take until it listens.
const STARTING: Duration = Duration::from_secs(30);

/// The server that all contestants speak with, and how they are started.
pub(crate) struct Arena {
    pub(crate) programs: Programs,
    pub(crate) pinning: Pinning,
    server: Process,
    urls: Urls,
}

/// Where the server listens.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Urls {
    url: String,
    /// For who does no more than move bytes.
    plain_url: String,
}

impl Arena {
    pub(crate) fn open(programs: Programs, pinning: Pinning) -> Result<Self, ProcessError> {
        let mut server = Process::start("the server", programs.server(), pinning.server)?;
        let urls = server.read(STARTING)?;
        Ok(Self { programs, pinning, server, urls })
    }

    /// Starts a contestant on the contestants' core.
    pub(crate) fn start(&self, it: &Contestant, purpose: Purpose) -> Result<Process, ProcessError> {
        let url = if it.name == LIMIT { &self.urls.plain_url } else { &self.urls.url };
        self.start_as(it.name, self.programs.contestant(it, purpose, url))
    }

    /// Starts something else on the contestants' core.
    pub(crate) fn start_as(&self, name: &str, command: Command) -> Result<Process, ProcessError> {
        Process::start(name, command, self.pinning.contestant)
    }

    pub(crate) fn server_id(&self) -> u32 {
        self.server.id()
    }

    /// Ends the server, which has to end well.
    pub(crate) fn close(self) -> Result<(), ProcessError> {
        self.server.finish()
    }
}

//! The servers, as processes.

use std::fmt;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::{Options, Order};
use crate::Failure;
use crate::outside::{cpu_nanos, descendants, on_core, resident_bytes};

/// How long a server may take until it listens, and to end.
const WITHIN: Duration = Duration::from_secs(30);

/// How long IGNIS gives its clients: all members share one core, so that some take long.
const PATIENCE_MS: u32 = 300_000;

/// Which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
pub enum Kind {
    /// `aldis serve`.
    #[serde(rename = "aldis-server")]
    #[value(name = "aldis-server")]
    Aldis,
    /// `@venizia/ignis-helpers` on Bun.
    #[serde(rename = "ignis")]
    Ignis,
}

impl Kind {
    /// What the server promises about the order of messages that are under way at once.
    pub fn order(self) -> Order {
        match self {
            Self::Aldis => Order::Kept,
            Self::Ignis => Order::Counted,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Aldis => "aldis-server",
            Self::Ignis => "ignis",
        })
    }
}

/// A running server. It ends with its standard input, which is here.
#[derive(Debug)]
pub struct Server {
    kind: Kind,
    process: Child,
    pid: u32,
    url: String,
}

/// What a server prints once it listens: ours `url`, IGNIS `port`.
#[derive(Deserialize)]
struct Ready {
    url: Option<String>,
    port: Option<u16>,
}

impl Server {
    /// Starts a server, on a core of its own where one is given.
    pub async fn start(
        kind: Kind,
        options: &Options,
        core: Option<usize>,
    ) -> Result<Self, Failure> {
        let mut command = match kind {
            Kind::Aldis => aldis(options)?,
            Kind::Ignis => ignis(options)?,
        };
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let started = on_core(core, || command.spawn())?;
        let mut process = started.map_err(|error| format!("{kind} does not start: {error}"))?;
        let output = process.stdout.take().ok_or("a server has no output")?;
        let mut lines = BufReader::new(output).lines();
        let line = timeout(WITHIN, lines.next_line()).await??;
        let line = line.ok_or_else(|| format!("{kind} ended before it listened"))?;
        let Ready { url, port } = serde_json::from_str(&line)?;
        let url = url.or_else(|| Some(format!("ws://127.0.0.1:{}/ws", port?)));
        let url = url.ok_or_else(|| format!("{kind} does not say where it listens"))?;
        let pid = process.id().ok_or_else(|| format!("{kind} has ended"))?;
        Ok(Self { kind, process, pid, url })
    }

    /// Which server it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Where its WebSocket is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Nanoseconds of CPU time so far.
    pub(super) fn cpu(&self) -> Result<u64, Failure> {
        Ok(cpu_nanos(self.pid).ok_or("the system does not tell the CPU time of a server")?)
    }

    /// The same of the processes that it has started.
    pub(super) fn cpu_beside(&self) -> u64 {
        // One that has just ended does nothing any more.
        descendants(self.pid).into_iter().filter_map(cpu_nanos).sum()
    }

    pub(super) fn resident_bytes(&self) -> Result<u64, Failure> {
        Ok(resident_bytes(self.pid).ok_or("the system does not tell the memory of a server")?)
    }

    /// Ends it.
    pub async fn stop(mut self) -> Result<(), Failure> {
        drop(self.process.stdin.take());
        if timeout(WITHIN, self.process.wait()).await.is_err() {
            self.process.kill().await?;
        }
        Ok(())
    }
}

fn aldis(options: &Options) -> Result<Command, Failure> {
    let beside =
        || -> Result<PathBuf, Failure> { Ok(std::env::current_exe()?.with_file_name("aldis")) };
    let program = options.aldis.clone().map_or_else(beside, Ok)?;
    let mut command = Command::new(program);
    command.args(["serve", "--listen", "127.0.0.1:0", "--until-eof", "--json"]);
    Ok(command)
}

fn ignis(options: &Options) -> Result<Command, Failure> {
    let bun = options.ignis.join("node_modules/.bin/bun").canonicalize();
    let bun = bun.map_err(|_| "IGNIS is not installed: run tests/interop/ignis/setup")?;
    let settings = json!({
        "authTimeoutMs": PATIENCE_MS,
        "heartbeatTimeoutMs": PATIENCE_MS,
        "idleTimeoutSeconds": PATIENCE_MS / 1_000,
        "roomCheckMs": 0,
    });
    let mut command = Command::new(bun);
    command.arg("server.ts").arg(settings.to_string()).current_dir(&options.ignis);
    Ok(command)
}

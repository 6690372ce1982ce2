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

use super::{MEMBERS_CORE, Options, Order, SERVER_CORE};
use crate::Failure;
use crate::process::{cpu_time_of, descendants_of, pin_to, resident_bytes_of};

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
    /// Starts a server on its core.
    pub async fn start(kind: Kind, options: &Options) -> Result<Self, Failure> {
        let mut command = match kind {
            Kind::Aldis => aldis(options)?,
            Kind::Ignis => ignis(options)?,
        };
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        // What a thread starts has the cores of the thread.
        pin_to(SERVER_CORE)?;
        let started = command.spawn();
        pin_to(MEMBERS_CORE)?;
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

    pub(super) fn cpu_time(&self) -> Result<Duration, Failure> {
        cpu_time_of(self.pid)
    }

    /// CPU time of the processes that it has started.
    pub(super) fn cpu_time_beside(&self) -> Duration {
        // One that has just ended does nothing any more.
        descendants_of(self.pid).into_iter().filter_map(|pid| cpu_time_of(pid).ok()).sum()
    }

    pub(super) fn resident_bytes(&self) -> Result<u64, Failure> {
        resident_bytes_of(self.pid)
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

//! The real IGNIS server of `interop/ignis`, a child process.

use std::ffi::OsStr;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::{Settings, within};

/// A running server with its Redis. Both end when its standard input does, which is here.
#[derive(Debug)]
pub struct Ignis {
    process: Child,
    ready: Ready,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ready {
    port: u16,
    redis_port: u16,
}

impl Ignis {
    pub(crate) async fn start(settings: &Settings) -> Self {
        let settings = serde_json::to_string(settings).unwrap();
        let mut command = bun();
        command.arg("server.ts").arg(settings).current_dir(folder());
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = within("IGNIS's ready line", lines.next_line()).await.unwrap();
        let line = line.expect("IGNIS ended before it was ready; it says why above");
        Self { process, ready: serde_json::from_str(&line).unwrap() }
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.ready.port).into()
    }

    /// The port of its Redis, for a second server to share.
    pub fn redis_port(&self) -> u16 {
        self.ready.redis_port
    }

    /// Ends the process as `kill -9` does. Its Redis follows by itself.
    pub(crate) async fn kill(mut self) {
        self.process.kill().await.unwrap();
    }
}

/// Runs a script of `interop` on Bun to its end, and returns what it printed.
pub async fn run_on_bun(script: &str, arguments: &[&str]) -> String {
    let mut command = bun();
    command.arg(interop().join(script)).args(arguments);
    let output = within(script, command.stdin(Stdio::null()).output()).await.unwrap();
    let (out, err) = (output.stdout, String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{script}: {}\n{err}", output.status);
    String::from_utf8(out).unwrap()
}

fn bun() -> Command {
    let modules = folder().join("node_modules");
    let installed = modules.join(".aldis-installed").exists() && is_in_path("redis-server");
    assert!(installed, "run tests/interop/ignis/setup");
    let mut command = Command::new(modules.join(".bin/bun"));
    command.kill_on_drop(true);
    command
}

fn is_in_path(program: impl AsRef<OsStr>) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program.as_ref()).is_file())
}

fn interop() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("interop")
}

fn folder() -> PathBuf {
    interop().join("ignis")
}

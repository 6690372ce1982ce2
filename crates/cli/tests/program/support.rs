//! Runs the program as a child, and a server for it to talk to.

use std::process::{ExitStatus, Output, Stdio};
use std::time::Duration;

use aldis_server::auth::InsecureTokenIsUserId;
use aldis_server::handlers::Relay;
use aldis_server::{OpenRooms, RunningServer, Server};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// Nothing here takes that long: it keeps a broken test from hanging.
pub(crate) const GUARD: Duration = Duration::from_secs(30);

/// Awaits with a guard against hanging.
#[track_caller]
pub(crate) fn soon<T>(what: &str, future: impl Future<Output = T>) -> impl Future<Output = T> {
    let caller = std::panic::Location::caller();
    async move {
        let Ok(value) = tokio::time::timeout(GUARD, future).await else {
            panic!("{caller}: {what} did not happen");
        };
        value
    }
}

/// The program with these arguments, without the environment's own settings for it.
pub(crate) fn aldis(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aldis"));
    for name in ["ALDIS_URL", "ALDIS_TOKEN", "ALDIS_LOG"] {
        command.env_remove(name);
    }
    command.args(args).kill_on_drop(true);
    command
}

/// Runs the program to its end.
pub(crate) async fn run(args: &[&str]) -> Output {
    soon("the program's end", aldis(args).output()).await.unwrap()
}

/// Output as text.
pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// A server as `aldis serve` runs it for development.
pub(crate) async fn server() -> RunningServer {
    let server = Server::builder()
        .authenticator(InsecureTokenIsUserId)
        .room_policy(OpenRooms)
        .handler(Relay);
    server.build().unwrap().bind("127.0.0.1:0").await.unwrap()
}

/// The program at work, with lines in and lines out.
pub(crate) struct Program {
    pub(crate) child: Child,
    input: Option<ChildStdin>,
    output: Option<Lines<BufReader<ChildStdout>>>,
}

impl Program {
    /// Starts a session of the user `ann` that retries quickly.
    pub(crate) fn session(url: &str, args: &[&str]) -> Self {
        let common = ["session", "--url", url, "--token", "ann", "--base-ms", "20"];
        Self::start(&[&common, args].concat())
    }

    pub(crate) fn start(args: &[&str]) -> Self {
        let mut child = aldis(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let input = child.stdin.take();
        let output = child.stdout.take();
        Self { child, input, output: output.map(|output| BufReader::new(output).lines()) }
    }

    /// Writes a line of input.
    pub(crate) async fn write(&mut self, line: &str) {
        let input = self.input.as_mut().unwrap();
        let line = format!("{line}\n");
        soon("input", input.write_all(line.as_bytes())).await.unwrap();
    }

    /// Writes a line of input, and returns the next line of output.
    pub(crate) async fn ask(&mut self, line: &str) -> Value {
        self.write(line).await;
        self.next().await
    }

    /// Ends the input.
    pub(crate) fn close_input(&mut self) {
        self.input = None;
    }

    /// Closes the output at our end.
    pub(crate) fn close_output(&mut self) {
        self.output = None;
    }

    /// The next line of output as it is; `None` at its end.
    pub(crate) async fn line(&mut self) -> Option<String> {
        let output = self.output.as_mut().unwrap();
        soon("output", output.next_line()).await.unwrap()
    }

    /// The next line of output.
    pub(crate) async fn next(&mut self) -> Value {
        let line = self.line().await.expect("the output has ended");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// The next line of output of a type.
    pub(crate) async fn next_of(&mut self, kind: &str) -> Value {
        loop {
            let line = self.next().await;
            if line["type"] == kind {
                return line;
            }
        }
    }

    /// Waits for a state.
    pub(crate) async fn state(&mut self, state: &str) -> Value {
        loop {
            let line = self.next_of("state").await;
            if line["state"] == state {
                return line;
            }
        }
    }

    /// Waits for a session, and returns its id.
    pub(crate) async fn connected(&mut self) -> String {
        let line = self.next_of("connected").await;
        line["id"].as_str().unwrap().to_owned()
    }

    /// All lines up to the end of the output.
    pub(crate) async fn rest(&mut self) -> Vec<Value> {
        let mut lines = Vec::new();
        while let Some(line) = self.line().await {
            lines.push(serde_json::from_str(&line).unwrap());
        }
        lines
    }

    /// Waits for the end of the program.
    pub(crate) async fn exit(&mut self) -> ExitStatus {
        soon("the program's end", self.child.wait()).await.unwrap()
    }
}

/// A text that cannot be written before somebody reads it, or nobody can any more. Anything
/// shorter may find a reader in a process that another test is just starting: until it runs its
/// program, it has all that is open here.
pub(crate) fn more_than_a_pipe_holds() -> String {
    "x".repeat(2 << 20)
}

/// Asks a process to end, as `kill` does.
#[cfg(unix)]
pub(crate) fn terminate(process: &Child) {
    use rustix::process::{Pid, Signal, kill_process};
    let pid = Pid::from_raw(process.id().unwrap().try_into().unwrap()).unwrap();
    kill_process(pid, Signal::TERM).unwrap();
}

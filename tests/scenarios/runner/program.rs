//! The program `aldis` as a child that talks in lines of JSON.

use std::path::PathBuf;
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

pub(crate) struct Program {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Program {
    /// Starts it, and returns its first line too.
    pub(crate) async fn start(arguments: &[&str], options: &[String]) -> (Self, Value) {
        let program = path();
        let mut child = Command::new(&program)
            .args(arguments)
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{}: {error}; run `cargo build -p aldis-cli`", program.display())
            });
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut program = Self { child, input, output: BufReader::new(output).lines() };
        let first = program.read().await;
        (program, first)
    }

    /// Writes a line, and returns the next one that it says.
    pub(crate) async fn ask(&mut self, line: &Value) -> Value {
        self.input.write_all(format!("{line}\n").as_bytes()).await.unwrap();
        self.read().await
    }

    /// Ends its input, and waits for its own end.
    pub(crate) async fn end(self) {
        let Self { mut child, input, output } = self;
        drop((input, output));
        let status = child.wait().await.unwrap();
        assert!(status.success(), "{status}");
    }

    async fn read(&mut self) -> Value {
        let line = self.output.next_line().await.unwrap().expect("the program has ended");
        serde_json::from_str(&line).unwrap()
    }
}

/// Where cargo builds it: beside the folder of the tests.
fn path() -> PathBuf {
    if let Some(program) = std::env::var_os("ALDIS_PROGRAM") {
        return program.into();
    }
    let test = std::env::current_exe().unwrap();
    test.parent().unwrap().with_file_name("aldis").with_extension(std::env::consts::EXE_EXTENSION)
}

//! Contestants as the race runs them: processes that read orders and write answers.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may fail")]

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

use aldis_bench::order::{Answer, Order, Reading};
use serde::Deserialize;

const WORKER: &str = env!("CARGO_BIN_EXE_bench-worker");
const COUNTING_WORKER: &str = env!("CARGO_BIN_EXE_bench-worker-counting");

/// A process that is spoken to by lines. It is killed with the test.
struct Process {
    child: Child,
    input: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
}

impl Process {
    fn start(program: &str, arguments: &[&str]) -> Self {
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { input: child.stdin.take(), child, output }
    }

    fn line(&mut self) -> Option<String> {
        self.output.next().map(Result::unwrap)
    }

    fn measure(&mut self, order: Order) -> Reading {
        writeln!(self.input.as_mut().unwrap(), "{}", serde_json::to_string(&order).unwrap())
            .unwrap();
        match serde_json::from_str(&self.line().unwrap()).unwrap() {
            Answer::Done(reading) => reading,
            unsupported @ Answer::Unsupported { .. } => panic!("{unsupported:?}"),
        }
    }

    /// Ends the input, and waits for the end.
    fn end(mut self) -> ExitStatus {
        drop(self.input.take());
        assert_eq!(self.line(), None);
        self.child.wait().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Urls {
    url: String,
    plain_url: String,
}

fn server() -> (Process, Urls) {
    let mut server = Process::start(env!("CARGO_BIN_EXE_bench-server"), &[]);
    let urls = serde_json::from_str(&server.line().unwrap()).unwrap();
    (server, urls)
}

fn does_everything(contestant: &str, url_of: impl Fn(&Urls) -> &str) {
    let (server, urls) = server();
    let mut worker = Process::start(WORKER, &[contestant, url_of(&urls)]);
    let (lot, millis) = (2_000, 0);
    assert_eq!(worker.measure(Order::First).count, 1);
    for bytes in [100, 1024] {
        assert_eq!(worker.measure(Order::Receive { bytes, lot, millis }).count, 2_000);
        assert_eq!(worker.measure(Order::Send { bytes, lot, millis }).count, 2_000);
    }
    for window in [1, 64] {
        let order = Order::Echo { bytes: 16 << 10, lot: 3, window, millis };
        let reading = worker.measure(order);
        assert_eq!(reading.count, 3 * u64::from(window));
        assert!(reading.p50 <= reading.p99 && reading.p50 > Some(0), "{reading:?}");
    }
    let connect = worker.measure(Order::Connect { lot: 3, millis });
    assert!(connect.count == 3 && connect.p99.is_some(), "{connect:?}");
    assert_eq!(worker.measure(Order::Hold { clients: 1 }).count, 1);
    assert_eq!(worker.measure(Order::Hold { clients: 3 }).count, 3);
    assert!(worker.end().success());
    assert!(server.end().success());
}

#[test]
fn aldis_rust_does_everything() {
    does_everything("aldis-rust", |urls| &urls.url);
}

#[test]
fn rust_plain_does_everything() {
    does_everything("rust-plain", |urls| &urls.url);
}

#[test]
fn the_limit_does_everything() {
    does_everything("limit", |urls| &urls.plain_url);
}

#[test]
fn allocations_are_counted_where_they_are_asked_for() {
    let (_server, urls) = server();
    let order = Order::Receive { bytes: 100, lot: 1_000, millis: 0 };
    let mut worker = Process::start(COUNTING_WORKER, &["aldis-rust", &urls.url]);
    let reading = worker.measure(order);
    assert!(reading.allocations > Some(0) && reading.allocated_bytes > Some(0), "{reading:?}");
    let reading = Process::start(WORKER, &["aldis-rust", &urls.url]).measure(order);
    assert_eq!((reading.allocations, reading.allocated_bytes), (None, None));
}

#[test]
fn a_server_that_is_gone_fails_the_work() {
    let (server, urls) = server();
    let mut worker = Process::start(WORKER, &["rust-plain", &urls.url]);
    worker.measure(Order::First);
    assert!(server.end().success());
    let order = Order::Receive { bytes: 100, lot: 1, millis: 0 };
    let line = serde_json::to_string(&order).unwrap();
    writeln!(worker.input.as_mut().unwrap(), "{line}").unwrap();
    assert_eq!(worker.end().code(), Some(1));
}

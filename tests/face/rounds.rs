//! A thousand clients, one after the other, leave nothing behind: no thread, no descriptor, not a
//! byte.
//!
//! Everything is compared exactly. That works since the server is another process, and since a
//! round ends when the last thread of the client has: what that one held is freed by then. Memory
//! is what Rust code holds, counted by the allocator of this program.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

use std::alloc::System;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use aldis::{
    Demand, ListenerError, SignalClient, SignalConfig, SignalError, SignalEvent, SignalListener,
    StateChange, default_config,
};
use aldis_server::auth::StaticTokens;
use aldis_server::handlers::Relay;
use aldis_server::{Server, User};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use tokio::runtime::{Builder, Runtime};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const ROUNDS: usize = 1_000;

/// What is made once and kept, such as tables of the standard library, is made by then.
const WARM: usize = 200;

/// Far above anything that happens on a busy machine.
const LIMIT: Duration = Duration::from_mins(1);

/// Set for the process that is the server.
const AS_SERVER: &str = "ALDIS_FACE_ROUNDS_SERVER";

/// What this process has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Holdings {
    bytes: usize,
    allocations: usize,
    descriptors: usize,
    threads: usize,
}

impl Holdings {
    fn now() -> Self {
        let descriptors = fs::read_dir("/proc/self/fd").unwrap().count();
        let threads = threads().len();
        let stats = ALLOCATOR.stats();
        Self {
            bytes: stats.bytes_allocated - stats.bytes_deallocated,
            allocations: stats.allocations - stats.deallocations,
            descriptors,
            threads,
        }
    }
}

/// The names of this process's threads, of which the system keeps 15 bytes.
fn threads() -> Vec<String> {
    let tasks = fs::read_dir("/proc/self/task").unwrap();
    // One that ends meanwhile has no name any more.
    tasks.flatten().flat_map(|task| fs::read_to_string(task.path().join("comm"))).collect()
}

fn ours() -> Vec<String> {
    threads().into_iter().filter(|name| name.starts_with("aldis-")).collect()
}

/// Takes everything, and keeps nothing.
struct Deaf;

impl SignalListener for Deaf {
    fn on_events(&self, _: Vec<SignalEvent>) -> Result<Demand, ListenerError> {
        Ok(Demand::More)
    }

    fn on_state(&self, _: StateChange) -> Result<(), ListenerError> {
        Ok(())
    }

    fn on_error(&self, _: SignalError) -> Result<(), ListenerError> {
        Ok(())
    }
}

/// A server in a process of its own. It ends with the pipe to it.
struct OtherProcess {
    child: Child,
    says: BufReader<ChildStdout>,
    url: String,
}

impl OtherProcess {
    fn start() -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_thousand_rounds_leave_nothing_behind", "--nocapture"])
            .env(AS_SERVER, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut says = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        // The test runner writes too, and in the same line.
        let start = loop {
            line.clear();
            assert_ne!(says.read_line(&mut line).unwrap(), 0, "the server does not start");
            if let Some(start) = line.find("ws://") {
                break start;
            }
        };
        Self { child, says, url: line[start..].trim_end().to_owned() }
    }
}

impl Drop for OtherProcess {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // Its last words are to find somebody who listens.
        let _ = std::io::copy(&mut self.says, &mut std::io::sink());
        self.child.wait().unwrap();
    }
}

fn be_the_server() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let tokens = StaticTokens::new().with("token", User::new("ann"));
        let server = Server::builder().authenticator(tokens).handler(Relay).build().unwrap();
        let running = server.bind("127.0.0.1:0").await.unwrap();
        println!("{}", running.url());
        let (ended, end) = tokio::sync::oneshot::channel();
        thread::spawn(move || {
            let _ = std::io::stdin().read(&mut [0]);
            let _ = ended.send(());
        });
        end.await.unwrap();
    });
}

fn round(runtime: &Runtime, url: &str, number: usize) {
    let config = SignalConfig { token: Some("token".to_owned()), ..default_config(url.to_owned()) };
    let client = SignalClient::new(config, Arc::new(Deaf), None).unwrap();
    let talk = async {
        client.connect().await.unwrap();
        let reply = client.request("echo".to_owned(), number.to_string(), 600_000).await.unwrap();
        assert_eq!(reply.data, number.to_string());
    };
    runtime.block_on(async { tokio::time::timeout(LIMIT, talk).await.unwrap() });
    if number == 0 {
        let names = ours();
        for name in ["aldis-network", "aldis-dispatche"] {
            assert!(names.iter().any(|thread| thread.trim_end() == name), "{name}: {names:?}");
        }
    }
    // Either way is an end.
    if number.is_multiple_of(2) {
        client.shutdown();
    }
    drop(client);
}

#[test]
fn a_thousand_rounds_leave_nothing_behind() {
    if std::env::var_os(AS_SERVER).is_some() {
        return be_the_server();
    }
    let server = OtherProcess::start();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let before = Holdings::now();
    let mut warm = None;
    for number in 0..ROUNDS {
        round(&runtime, &server.url, number);
        // The end of a thread is not told; it can be looked for only.
        let deadline = Instant::now() + LIMIT;
        while threads().len() > before.threads {
            assert!(Instant::now() < deadline, "round {number} left {:?}", ours());
            thread::yield_now();
        }
        if number + 1 == WARM {
            warm = Some(Holdings::now());
        }
    }
    let after = Holdings::now();
    assert_eq!(ours(), Vec::<String>::new());
    assert_eq!((after.threads, after.descriptors), (before.threads, before.descriptors));
    assert_eq!(Some(after), warm, "round {WARM} and round {ROUNDS}");
}

//! The whole program, with scripts of the shell in the place of server and contestants.

#![cfg(unix)]
#![allow(clippy::expect_used, reason = "a test fails loudly")]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const SERVER: &str = r#"echo '{"url":"ws://x","plainUrl":"ws://plain"}'; cat >/dev/null"#;

/// Puts a script where the program looks for one of ours.
fn program(folder: &Path, name: &str, script: &str) {
    let file = folder.join(name);
    fs::write(&file, format!("#!/bin/sh\n{script}\n")).expect("a script");
    fs::set_permissions(&file, Permissions::from_mode(0o755)).expect("permissions");
}

/// Lets `bench-worker` race; it has its name in `$1` and the URL in `$2`.
fn race(worker: &str, only: &str) -> (TempDir, Output) {
    let folder = tempfile::tempdir().expect("a folder");
    program(folder.path(), "bench-server", SERVER);
    program(folder.path(), "bench-worker", worker);
    let mut command = Command::new(env!("CARGO_BIN_EXE_aldis-race"));
    command.args(["--quick", "--only", only, "--json"]).arg(folder.path().join("bench.json"));
    command.arg("--rust").arg(folder.path());
    let output = command.output().expect("the race");
    (folder, output)
}

fn json(folder: &TempDir, name: &str) -> Value {
    let text = fs::read_to_string(folder.path().join(name)).expect("a file");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn what_contestants_answer_becomes_tables_and_json() {
    let (folder, output) = race(
        r#"while read -r line; do echo '{"count":100,"wall":50000000,"p50":40000,"p99":90000}'; done"#,
        "connect,aldis-rust,rust-plain,limit",
    );
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("### connect"), "{text}");
    assert!(text.contains("| aldis-rust |"), "{text}");
    assert!(!text.contains("FAILED"), "{text}");

    let findings = json(&folder, "bench.json");
    let findings = findings.as_array().expect("an array");
    let is_it = |it: &&Value| {
        it["name"] == "connect, connections per second" && it["contestant"] == "aldis-rust"
    };
    let ours = findings.iter().find(is_it).expect("a finding");
    assert_eq!(ours["median"], 2_000.0);
    assert_eq!(ours["payload"], Value::Null);
    assert_eq!(ours["best_peer"], "rust-plain");
    assert_eq!((&ours["ratio_to_best_peer"], &ours["ratio_to_limit"]), (&1.0.into(), &1.0.into()));
    // Three contestants, three rounds that count.
    let readings = json(&folder, "bench.readings.json");
    assert_eq!(readings["readings"].as_array().map(Vec::len), Some(9));
}

#[test]
fn who_fails_fails_the_run_and_the_others_go_on() {
    let (folder, output) = race(
        r#"if [ "$1" = rust-plain ]; then read -r line; echo 'tick 7 came twice' >&2; exit 1; fi
           while read -r line; do echo '{"count":100,"wall":50000000}'; done"#,
        "connect,aldis-rust,rust-plain",
    );
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("### FAILED"), "{text}");
    assert!(text.contains("tick 7 came twice"), "{text}");
    assert!(text.contains("| aldis-rust |"), "{text}");
    let failures = &json(&folder, "bench.readings.json")["failures"];
    assert_eq!(failures.as_array().map(Vec::len), Some(1));
}

#[test]
fn what_a_contestant_does_not_do_is_left_out() {
    let (_folder, output) = race(
        r#"while read -r line; do
             case "$line" in
               *'"bytes":100,'*) echo '{"unsupported":"nothing so small"}' ;;
               *) echo '{"count":100,"wall":50000000}' ;;
             esac
           done"#,
        "receive,limit",
    );
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("- limit, receive: nothing so small"), "{text}");
}

#[test]
fn a_name_that_nobody_has_is_refused() {
    let (_folder, output) = race("exit 1", "okhttp");
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("unknown: okhttp"), "{text}");
}

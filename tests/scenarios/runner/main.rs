//! The table of scenarios, through the public API of `aldis-client`: each scenario is a test.
//!
//! `../README.md` says what is in the table, and what a runner writes for the languages to be
//! compared.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test may fail")]

mod client;
mod config;
mod events;
mod names;
mod operation;
mod payload;
mod program;
mod scenario;
mod server;
mod table;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use libtest_mimic::{Arguments, Trial};
use serde_json::{Value, json};

/// What each scenario that passed has seen, by its place in the table.
type Seen = Arc<Mutex<BTreeMap<usize, Value>>>;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let seen = Seen::default();
    let mut trials = vec![Trial::test("the table is as its schema says", || {
        table::check_schema();
        Ok(())
    })];
    for (place, entry) in table::read().into_iter().enumerate() {
        let seen = Arc::clone(&seen);
        trials.push(Trial::test(entry.name.clone(), move || {
            let steps = run(&entry.scenario);
            let line = json!({ "scenario": entry.name, "steps": steps });
            seen.lock().unwrap().insert(place, line);
            Ok(())
        }));
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    if !arguments.list {
        write(&seen.lock().unwrap());
    }
    conclusion.exit_code()
}

fn run(scenario: &table::Scenario) -> Vec<Value> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(scenario::run(scenario))
}

fn write(seen: &BTreeMap<usize, Value>) {
    let folder = aldis_tests::scenario_results();
    std::fs::create_dir_all(&folder).unwrap();
    let mut lines = String::new();
    for line in seen.values() {
        lines.push_str(&line.to_string());
        lines.push('\n');
    }
    std::fs::write(folder.join("rust.jsonl"), lines).unwrap();
}

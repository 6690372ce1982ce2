//! Lets the contestants of `benches` race.
//!
//! It starts them, tells them what to do and measures from outside what they use. `scripts/bench`
//! builds all of them first; `benches/README.md` says how the race works.

mod aims;
mod arena;
mod cold;
mod contestant;
mod finding;
mod idle;
mod limits;
mod machine;
mod measure;
mod members;
mod memory;
mod numbers;
mod outcome;
mod plan;
mod process;
mod race;
mod record;
mod report;
mod selection;
mod size;
mod table;

use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use aldis_bench::outside::{self, Pinning};
use clap::Parser;

use arena::Arena;
use contestant::Programs;
use machine::Machine;
use plan::Plan;
use record::Record;
use report::Report;
use selection::Selection;

/// Lets Aldis and its peers race, and reports the ratios.
#[derive(Parser)]
#[command(name = "aldis-race", max_term_width = 100)]
struct Cli {
    /// A glance: fewer rounds, and shorter ones.
    #[arg(long)]
    quick: bool,
    /// These contestants and these groups of work only.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    only: Vec<String>,
    /// Where the findings go, and beside them, as `.readings.json`, every single reading.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Where the tables go, besides the standard output.
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Where scripts/build-native and scripts/build-android-native leave what they build.
    #[arg(long, value_name = "DIR", default_value = "target")]
    target: PathBuf,
    #[command(flatten)]
    programs: Programs,
}

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs all that is selected and reports it; whether all went well.
fn run(cli: &Cli) -> Result<bool, Box<dyn Error>> {
    let selection = Selection::of(&cli.only)?;
    let plan = if cli.quick { Plan::quick() } else { Plan::full() };
    let pinning = Pinning::detect();
    let machine = Machine::detect(&cli.programs, pinning);
    let mut record = Record::new();

    outside::allow_many_files()?;
    let arena = Arena::open(cli.programs.clone(), pinning)?;
    race::run(&arena, &plan, &selection, &mut record);
    memory::run(&arena, &plan, &selection, &mut record);
    cold::run(&arena, &plan, &selection, &mut record);
    members::run(&arena, &plan, &selection, &mut record);
    limits::run(&arena, &plan, &selection, &mut record);
    idle::run(&arena, &plan, &selection, &mut record);
    size::run(&cli.target, &cli.programs.kotlin.join("lib"), &selection, &mut record);
    if let Err(error) = arena.close() {
        record.failure(&error);
    }
    record.progress("done");

    let report = Report::new(&machine, &record);
    let text = report.text();
    io::stdout().write_all(text.as_bytes())?;
    if let Some(file) = &cli.markdown {
        fs::write(file, &text)?;
    }
    if let Some(file) = &cli.json {
        report.write_json(file)?;
    }
    Ok(record.failures.is_empty())
}

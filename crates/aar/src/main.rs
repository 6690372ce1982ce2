//! The `aldis-aar` program: what makes the Android archive out of its parts, and what takes one
//! apart to see whether it is fit to be shipped.

mod abi;
mod archive;
mod assemble;
mod check;
mod checksums;
mod console;
mod files;
mod layout;
mod module;
mod pom;
mod report;
mod sbom;

use std::error::Error;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use console::{BAD, PLAIN};

/// How a subcommand ends. An error is printed for people, and the program exits with 1.
type Outcome = Result<ExitCode, Box<dyn Error + Send + Sync>>;

const EXAMPLES: &str = "\
Examples:
  aldis-aar assemble --manifest AndroidManifest.xml --rules consumer-rules.pro \\
      --classes target/classes --native target/android/jni --out aldis-android-0.1.0.aar
  aldis-aar check aldis-android-0.1.0.aar

scripts/build-aar runs it with all that belongs to the archive.";

/// Makes the Android archive of Aldis, and checks one.
#[derive(Parser)]
#[command(name = "aldis-aar", version, after_help = EXAMPLES, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Assemble(assemble::Args),
    Check(check::Args),
    Module(module::Args),
    Sbom(sbom::Args),
    Checksums(checksums::Args),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Assemble(args) => assemble::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Module(args) => module::run(&args),
        Command::Sbom(args) => sbom::run(&args),
        Command::Checksums(args) => checksums::run(&args),
    };
    outcome.unwrap_or_else(|error| {
        anstream::eprintln!("{BAD}error:{PLAIN} {error}");
        ExitCode::FAILURE
    })
}

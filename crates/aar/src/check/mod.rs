//! `aldis-aar check`: takes an archive apart, and says of each part whether it is as it should be.

mod bionic;
mod budget;
mod classes;
mod contents;
mod elf;
mod homes;
mod manifest;
mod native;
mod publication;
mod rules;

use std::path::PathBuf;
use std::process::ExitCode;

use crate::Outcome;
use crate::abi::Abi;
use crate::archive::{self, Entries};
use crate::console::{BAD, PLAIN};
use crate::files;
use crate::layout;
use crate::report::Section;

use bionic::Bionic;
use budget::Budget;

const HELP: &str = "\
All checks run even when one fails. The exit status is 1 then.

Example:
  aldis-aar check --symbols scripts/bionic-api-24.txt --budget android-lib/size-budget.txt \\
      aldis-android-0.1.0.aar

scripts/check-aar runs it with the lists of this repository.";

/// Take an archive apart, and check all that is in it.
#[derive(clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    /// The archive.
    #[arg(value_name = "FILE.aar")]
    archive: PathBuf,
    /// It was linked without the NDK: it has to say so in its manifest. Others must not.
    #[arg(long)]
    link_check: bool,
    /// The ABIs that it has to have, and no other.
    #[arg(
        long,
        value_name = "ABI",
        value_delimiter = ',',
        default_values = ["arm64-v8a", "armeabi-v7a", "x86_64"]
    )]
    abi: Vec<Abi>,
    /// What Android offers to a library at the lowest API level: library, symbol, and
    /// processors where not all have it, a line each.
    #[arg(long, value_name = "FILE")]
    symbols: Option<PathBuf>,
    /// How large the libraries and the archive may be: ABI BYTES or aar BYTES a line.
    #[arg(long, value_name = "FILE")]
    budget: Option<PathBuf>,
    /// A directory that no file may tell of, beside everybody's home: where it was built.
    #[arg(long, value_name = "DIR")]
    checkout: Vec<String>,
    /// Also check what lies here beside the archive: POM, module metadata, sources, documentation,
    /// SBOM and checksums, as in a Maven repository.
    #[arg(long, value_name = "DIR")]
    publication: Option<PathBuf>,
}

/// Checks it.
pub(crate) fn run(args: &Args) -> Outcome {
    let bionic = args.symbols.as_deref().map(Bionic::read).transpose()?;
    let budget = args.budget.as_deref().map(Budget::read).transpose()?;
    let bytes = files::read(&args.archive)?;

    let mut sections = match archive::unpack(&bytes) {
        Ok(entries) => {
            let mut sections = examine(&entries, args, bionic.as_ref());
            sections.push(budget::examine(&entries, bytes.len(), budget.as_ref()));
            sections
        }
        Err(error) => {
            let mut section = Section::new("The archive");
            section.bad(format!("It cannot be taken apart: {error}"));
            vec![section]
        }
    };
    if let Some(folder) = &args.publication {
        sections.push(publication::examine(folder, &bytes, args.link_check)?);
    }
    for section in &sections {
        anstream::print!("{section}");
    }
    let failures: usize = sections.iter().map(Section::failures).sum();
    if failures == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    let (archive, things) =
        (args.archive.display(), if failures == 1 { "thing" } else { "things" });
    anstream::eprintln!(
        "{BAD}✗ {archive} is not fit to be shipped: {failures} {things}, see above{PLAIN}"
    );
    Ok(ExitCode::FAILURE)
}

fn examine(entries: &Entries, args: &Args, bionic: Option<&Bionic>) -> Vec<Section> {
    let part = |name: &str| entries.get(name).map(Vec::as_slice);
    let classes = part(layout::CLASSES).map(archive::unpack);
    let mut sections = vec![
        contents::examine(entries, &args.abi),
        manifest::examine(part(layout::MANIFEST), args.link_check),
        rules::examine(part(layout::RULES)),
        classes::examine(classes.as_ref()),
    ];
    for &abi in &args.abi {
        if let Some(library) = part(&layout::library(abi)) {
            sections.push(native::examine(abi, library, bionic));
        }
    }
    let classes = classes.and_then(Result::ok).unwrap_or_default();
    sections.push(homes::examine(entries, &classes, &args.checkout));
    sections
}

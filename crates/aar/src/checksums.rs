//! `aldis-aar checksums`: what a Maven repository wants to have beside each file.

use std::path::PathBuf;
use std::process::ExitCode;

use md5::Md5;
use sha1::Sha1;
use sha2::digest::Digest;
use sha2::{Sha256, Sha512};

use crate::Outcome;
use crate::console::made;
use crate::files;
use crate::report::some_of;

const HELP: &str = "\
Example:
  aldis-aar checksums aldis-android-0.1.0.aar aldis-android-0.1.0.pom";

/// Write MD5, SHA-1, SHA-256 and SHA-512 beside each file.
#[derive(clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    /// The files.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Writes them.
pub(crate) fn run(args: &Args) -> Outcome {
    for file in &args.files {
        for (extension, checksum) in of(&files::read(file)?) {
            let mut beside = file.clone().into_os_string();
            beside.push(".");
            beside.push(extension);
            files::write(beside.as_ref(), checksum.as_bytes())?;
        }
    }
    let names: Vec<_> = args.files.iter().map(|file| file.display().to_string()).collect();
    made(&format!("Checksums beside {}", some_of(&names)));
    Ok(ExitCode::SUCCESS)
}

/// The checksums of a file, in hexadecimal, by their extensions.
pub(crate) fn of(bytes: &[u8]) -> [(&'static str, String); 4] {
    [
        ("md5", hex::<Md5>(bytes)),
        ("sha1", hex::<Sha1>(bytes)),
        ("sha256", hex::<Sha256>(bytes)),
        ("sha512", hex::<Sha512>(bytes)),
    ]
}

fn hex<D: Digest>(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(&D::digest(bytes))
}

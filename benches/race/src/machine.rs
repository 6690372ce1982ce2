//! What a run ran on.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

use aldis_bench::outside::{Pinning, system_name};
use jiff::Timestamp;
use serde::Serialize;

use crate::contestant::Programs;

/// The machine, and when and how the run was started.
#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    date: String,
    command: String,
    system: String,
    cores: usize,
    pinned: bool,
    /// Of compilers and virtual machines.
    versions: Vec<String>,
}

impl Machine {
    pub(crate) fn detect(programs: &Programs, pinning: Pinning) -> Self {
        let versions = [
            version(Path::new("rustc"), "--version", ""),
            version(&programs.java, "-version", ""),
            version(&programs.bun, "--version", "Bun "),
            version(&programs.node, "--version", "Node "),
        ];
        Self {
            date: Timestamp::now().strftime("%Y-%m-%d").to_string(),
            command: command(env::args().skip(1)),
            system: system_name(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            pinned: pinning.is_pinned(),
            versions: versions.into_iter().flatten().collect(),
        }
    }

    /// All of it in a few lines.
    pub(crate) fn text(&self) -> String {
        let pinning = if self.pinned {
            "The server has a core to itself, and all contestants share the next."
        } else {
            "NOTHING IS PINNED: this needs Linux and two cores. Servers and contestants take CPU \
             time from each other, and all figures are less exact."
        };
        let Self { date, command, system, cores, .. } = self;
        format!(
            "`{command}` on {date}\n\n{system}, {cores} cores. {}.\n{pinning}\n",
            self.versions.join(", ")
        )
    }
}

/// The command as people type it: what scripts/bench adds about where things are is left out.
fn command(arguments: impl Iterator<Item = String>) -> String {
    let mut command = vec!["./scripts/bench".to_owned()];
    let mut arguments = arguments.peekable();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--quick" => command.push(argument),
            "--only" => command.extend([argument].into_iter().chain(arguments.next())),
            _ => {}
        }
    }
    command.join(" ")
}

/// The first line that a program says of its version; Java says it as an error. `None` where there
/// is no such program.
fn version(program: &Path, option: &str, prefix: &str) -> Option<String> {
    let output = Command::new(program).arg(option).stdin(Stdio::null()).output().ok()?;
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    let line = text.lines().next()?.replace('"', "");
    Some(format!("{prefix}{line}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_told_as_people_type_it() {
        let arguments = ["--java", "/x/java", "--quick", "--only", "limit", "--json", "/x.json"];
        let command = command(arguments.into_iter().map(str::to_owned));
        assert_eq!(command, "./scripts/bench --quick --only limit");
    }

    #[test]
    fn what_is_not_there_has_no_version() {
        assert_eq!(version(Path::new("/nowhere/bun"), "--version", "Bun "), None);
    }
}

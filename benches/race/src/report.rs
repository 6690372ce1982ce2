//! All that is said at the end, and written into files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::finding::{Finding, findings};
use crate::machine::Machine;
use crate::record::Record;
use crate::{aims, table};

const LEGEND: &str = "\
Medians, with the least and the most of all rounds in brackets. A ratio says how many times as good \
it is as the best peer that is another one, or as `limit`: above 1 is better, whether the figure \
should be large or small. Where * is, the server had no more to give. – is what a contestant does \
not do.";

/// A run that has ended.
pub(crate) struct Report<'a> {
    machine: &'a Machine,
    record: &'a Record,
    findings: Vec<Finding>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(machine: &'a Machine, record: &'a Record) -> Self {
        Self { machine, record, findings: findings(&record.samples) }
    }

    /// The tables and everything around them, in Markdown.
    pub(crate) fn text(&self) -> String {
        let mut parts = vec![self.machine.text(), format!("{LEGEND}\n")];
        parts.push(table::tables(&self.findings));
        parts.push(format!("### Aims\n\n{}\n", aims::table(&self.findings)));
        let lists = [("Left out", &self.record.notes), ("FAILED", &self.record.failures)];
        for (title, lines) in lists.into_iter().filter(|(_, lines)| !lines.is_empty()) {
            parts.push(format!("### {title}\n\n- {}\n", lines.join("\n- ")));
        }
        parts.join("\n")
    }

    /// Writes the findings, and beside them every single reading.
    pub(crate) fn write_json(&self, file: &Path) -> io::Result<()> {
        write(file, &self.findings)?;
        let all = json!({
            "machine": self.machine,
            "readings": self.record.readings,
            "notes": self.record.notes,
            "failures": self.record.failures,
        });
        write(&readings_beside(file), &all)
    }
}

/// Where the single readings are.
fn readings_beside(file: &Path) -> PathBuf {
    file.with_extension("readings.json")
}

fn write(file: &Path, content: &impl serde::Serialize) -> io::Result<()> {
    let text = serde_json::to_string_pretty(content)?;
    fs::write(file, text + "\n").map_err(|error| {
        io::Error::new(error.kind(), format!("{} cannot be written: {error}", file.display()))
    })
}

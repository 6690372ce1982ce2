//! Whether the archive and its libraries are as small as was promised.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::abi::Abi;
use crate::archive::Entries;
use crate::files::{self, FileError};
use crate::report::Section;

/// The line for the whole archive.
const ARCHIVE: &str = "aar";

/// Why there is no budget to compare with.
#[derive(Debug, thiserror::Error)]
pub(super) enum BudgetError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("line {line} of {} is neither ABI BYTES nor aar BYTES: {text}", .file.display())]
    Line { file: PathBuf, line: usize, text: String },
}

/// The most bytes that each part may have.
pub(super) struct Budget {
    file: PathBuf,
    bytes: BTreeMap<String, usize>,
}

impl Budget {
    pub(super) fn read(file: &Path) -> Result<Self, BudgetError> {
        let text = files::read_text(file)?;
        let mut bytes = BTreeMap::new();
        for (number, text) in text.lines().enumerate() {
            let line = text.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            let entry = line.split_once(' ').and_then(|(name, bytes)| {
                let known = name == ARCHIVE || Abi::of_folder(name).is_some();
                known.then_some((name.to_owned(), bytes.trim().parse().ok()?))
            });
            let (file, line, text) = (file.to_owned(), number + 1, text.to_owned());
            let (name, most) = entry.ok_or(BudgetError::Line { file, line, text })?;
            bytes.insert(name, most);
        }
        Ok(Self { file: file.to_owned(), bytes })
    }
}

/// Compares; without a budget it says what is not compared.
pub(super) fn examine(entries: &Entries, archive: usize, budget: Option<&Budget>) -> Section {
    let mut section = Section::new("Size");
    let libraries = entries.iter().filter_map(|(name, content)| {
        let folder = name.strip_prefix("jni/")?.split('/').next()?;
        Some((folder, content.len()))
    });
    for (part, bytes) in libraries.chain([(ARCHIVE, archive)]) {
        let Some(budget) = budget else {
            section.unchecked(format!("{part}: {bytes} bytes, and no budget was given"));
            continue;
        };
        let file = budget.file.display();
        match budget.bytes.get(part) {
            None => section.bad(format!("{part}: {bytes} bytes, and {file} has no budget for it")),
            Some(most) if bytes > *most => {
                let over = bytes - most;
                section
                    .bad(format!("{part}: {bytes} bytes, {over} more than the {most} in {file}"));
            }
            Some(most) => section.good(format!("{part}: {bytes} bytes of {most}")),
        }
    }
    section
}

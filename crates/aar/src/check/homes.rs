//! Whether a file tells of the machine that it was built on.

use std::collections::BTreeSet;

use regex::bytes::Regex;

use crate::archive::Entries;
use crate::layout;
use crate::report::Section;

pub(super) fn examine(entries: &Entries, classes: &Entries, checkouts: &[String]) -> Section {
    let mut section = Section::new("Where it was built");
    let home = std::env::var("HOME").ok();
    let mut directories = vec![r"/(?:home|Users)/[[:alnum:]._-]+/".to_owned(), "/root/".to_owned()];
    for directory in home.iter().chain(checkouts) {
        // A home of "/" would be found everywhere.
        let directory = directory.trim_end_matches('/');
        if !directory.is_empty() {
            directories.push(format!("{}/", regex::escape(directory)));
        }
    }
    let pattern = match Regex::new(&format!("(?-u){}", directories.join("|"))) {
        Ok(pattern) => pattern,
        Err(error) => {
            section.bad(format!("The directories cannot be looked for: {error}"));
            return section;
        }
    };
    let mut findings = Vec::new();
    // A jar is compressed: what it tells is in its entries.
    for (name, content) in entries.iter().filter(|(name, _)| *name != layout::CLASSES) {
        findings.extend(told(name, content, &pattern));
    }
    for (name, content) in classes {
        findings.extend(told(&format!("{} ({name})", layout::CLASSES), content, &pattern));
    }
    section.judge(findings, "No file tells of it");
    section
}

fn told(name: &str, content: &[u8], pattern: &Regex) -> Vec<String> {
    let found: BTreeSet<_> = pattern.find_iter(content).map(|found| found.as_bytes()).collect();
    let told = found.into_iter().map(|path| format!("{name} tells of {}", path.escape_ascii()));
    told.collect()
}

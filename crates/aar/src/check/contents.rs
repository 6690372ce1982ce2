//! Whether the archive has what belongs to it, and nothing else.

use std::collections::BTreeSet;

use crate::abi::Abi;
use crate::archive::Entries;
use crate::layout;
use crate::report::{Section, some_of};

pub(super) fn examine(entries: &Entries, expected: &[Abi]) -> Section {
    let mut section = Section::new("The archive");
    section.judge(files(entries), format!("{} files, each in its place", entries.len()));
    section.judge(abis(entries, expected), format!("For {}", names(expected)));
    section.judge(resources(entries), "R.txt, without a resource");
    section.judge(metadata(entries), "Metadata for the Android Gradle plugin");
    section
}

/// Files that an archive of ours has no place for, and licences that it lacks.
fn files(entries: &Entries) -> Vec<String> {
    let strangers: Vec<_> = entries.keys().filter(|name| !has_a_place(name)).collect();
    let mut findings = Vec::new();
    if !strangers.is_empty() {
        findings.push(format!("It has what does not belong to it: {}", some_of(&strangers)));
    }
    for licence in ["META-INF/LICENSE-APACHE", "META-INF/LICENSE-MIT"] {
        if !entries.contains_key(licence) {
            findings.push(format!("It has no {licence}"));
        }
    }
    findings
}

fn has_a_place(name: &str) -> bool {
    let known = [layout::MANIFEST, layout::CLASSES, layout::RULES, layout::RESOURCES];
    known.contains(&name)
        || name.starts_with("META-INF/")
        || name
            .strip_prefix("jni/")
            .and_then(|name| name.strip_suffix(layout::LIBRARY)?.strip_suffix('/'))
            .is_some_and(|folder| Abi::of_folder(folder).is_some())
}

fn abis(entries: &Entries, expected: &[Abi]) -> Vec<String> {
    let folders = entries.keys().filter_map(|name| name.strip_prefix("jni/")?.split('/').next());
    let folders: BTreeSet<_> = folders.collect();
    let is_expected = |folder: &str| expected.iter().any(|abi| abi.folder() == folder);
    let mut findings = Vec::new();
    for abi in expected {
        if !entries.contains_key(&layout::library(*abi)) {
            findings.push(format!("It has no {}", layout::library(*abi)));
        }
    }
    for folder in folders.into_iter().filter(|folder| !is_expected(folder)) {
        findings.push(format!("It has jni/{folder}, and only {} are asked for", names(expected)));
    }
    findings
}

fn names(abis: &[Abi]) -> String {
    abis.iter().map(|abi| abi.folder()).collect::<Vec<_>>().join(", ")
}

fn resources(entries: &Entries) -> Vec<String> {
    match entries.get(layout::RESOURCES) {
        None => vec!["It has no R.txt; it has to be there, and empty".into()],
        Some(text) if !text.is_empty() => vec!["R.txt names resources, and there are none".into()],
        Some(_) => Vec::new(),
    }
}

fn metadata(entries: &Entries) -> Vec<String> {
    let Some(text) = entries.get(layout::METADATA) else {
        return vec![format!("It has no {}", layout::METADATA)];
    };
    let text = String::from_utf8_lossy(text);
    let found: BTreeSet<_> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let expected: BTreeSet<_> = layout::METADATA_FIELDS.lines().collect();
    let lacking = expected.difference(&found).map(|field| format!("The metadata lacks {field}"));
    let extra = found.difference(&expected).map(|field| format!("The metadata says {field}"));
    lacking.chain(extra).collect()
}

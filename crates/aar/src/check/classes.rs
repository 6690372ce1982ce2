//! Whether `classes.jar` has our classes and no other, for the Java that Android apps know.

use crate::archive::{ArchiveError, Entries};
use crate::layout::has_extension;
use crate::report::{Section, some_of};

/// What has to be there: the API of all systems, and that of Android.
const REQUIRED: [&str; 2] = ["dev/aldis/SignalClient.class", "dev/aldis/android/Aldis.class"];
/// The generated binding, whose classes have many names.
const BINDING: &str = "dev/aldis/ffi/";
/// The newest class files, those of Java 11.
const NEWEST: u16 = 55;
/// Class files count from the first Java on.
const FIRST: u16 = 44;

pub(super) fn examine(classes: Option<&Result<Entries, ArchiveError>>) -> Section {
    let mut section = Section::new("classes.jar");
    let entries = match classes {
        None => {
            section.bad("It is lacking");
            return section;
        }
        Some(Err(error)) => {
            section.bad(format!("It cannot be taken apart: {error}"));
            return section;
        }
        Some(Ok(entries)) => entries,
    };
    section.judge(lacking(entries), "The client, its Android part, and the binding");
    let count = entries.keys().filter(|name| has_extension(name, "class")).count();
    section.judge(strangers(entries), format!("{count} classes, all of them ours"));
    let newest = NEWEST - FIRST;
    section.judge(versions(entries), format!("Class files for Java {newest}"));
    section
}

fn lacking(entries: &Entries) -> Vec<String> {
    let lacking = REQUIRED.iter().filter(|name| !entries.contains_key(**name));
    let mut findings: Vec<_> = lacking.map(|name| format!("It has no {name}")).collect();
    let is_binding = |name: &String| name.starts_with(BINDING) && has_extension(name, "class");
    if !entries.keys().any(is_binding) {
        findings.push(format!("It has no class in {BINDING}: the binding is lacking"));
    }
    findings
}

fn strangers(entries: &Entries) -> Vec<String> {
    let mut findings = Vec::new();
    let mut tell = |what: &str, belongs: &dyn Fn(&str) -> bool| {
        let names: Vec<_> = entries.keys().filter(|name| belongs(name)).collect();
        if !names.is_empty() {
            findings.push(format!("{what}: {}", some_of(&names)));
        }
    };
    let ours = |name: &str| name.starts_with("dev/aldis/");
    let class = |name: &str| has_extension(name, "class");
    let native = |name: &str| {
        let libraries = ["so", "dylib", "dll", "jnilib"];
        name.starts_with("dev/aldis/native/")
            || libraries.iter().any(|extension| has_extension(name, extension))
    };
    tell("It has classes outside dev.aldis", &|name| class(name) && !ours(name));
    tell("It has native libraries, which belong below jni", &native);
    tell("It has what does not belong to it", &|name| {
        let module = name.starts_with("META-INF/") && has_extension(name, "kotlin_module");
        !class(name) && !native(name) && !ours(name) && !module
    });
    findings
}

fn versions(entries: &Entries) -> Vec<String> {
    let (mut broken, mut newer) = (Vec::new(), Vec::new());
    for (name, content) in entries.iter().filter(|(name, _)| has_extension(name, "class")) {
        match major_version(content) {
            None => broken.push(name),
            Some(version) if version > NEWEST => {
                newer.push(format!("{name} for Java {}", version - FIRST));
            }
            Some(_) => {}
        }
    }
    let mut findings = Vec::new();
    if !broken.is_empty() {
        findings.push(format!("It has classes that are none: {}", some_of(&broken)));
    }
    if !newer.is_empty() {
        let newest = NEWEST - FIRST;
        findings
            .push(format!("It has classes for a Java newer than {newest}: {}", some_of(&newer)));
    }
    findings
}

fn major_version(class: &[u8]) -> Option<u16> {
    match class {
        [0xCA, 0xFE, 0xBA, 0xBE, _, _, high, low, ..] => Some(u16::from_be_bytes([*high, *low])),
        _ => None,
    }
}

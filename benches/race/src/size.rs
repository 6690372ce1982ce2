//! What an app carries: bytes of the native library, and of the jars that each way needs.

use std::fs;
use std::io;
use std::path::Path;

use crate::measure::{Sample, size};
use crate::numbers::float;
use crate::record::Record;
use crate::selection::{Group, Selection};

/// Folders below `target` with libraries by system and processor.
const LIBRARIES: [&str; 2] = ["library/native", "android/jni"];

/// Jars of a way to write a client, as their names begin; those of Aldis have libaldis in them. What
/// all of them need is not counted: the libraries of Kotlin, and its serialization.
const JARS: [(&str, &[&str]); 3] = [
    ("aldis-flow", &["aldis-", "jna-"]),
    ("okhttp-jca", &["okhttp-", "okio-"]),
    ("ktor-cio", &["ktor-"]),
];

/// Weighs what is found below `target`, and the jars in `jars`.
pub(crate) fn run(target: &Path, jars: &Path, selection: &Selection, record: &mut Record) {
    if !selection.has(Group::Size) {
        return;
    }
    for folder in LIBRARIES {
        // Nobody has to build for all systems.
        for (platform, bytes) in libraries(&target.join(folder)).unwrap_or_default() {
            let library = format!("libaldis for {platform}");
            record.reading("size", &library, bytes);
            record.add([Sample::new(size(), library, float(bytes))]);
        }
    }
    let files = match files(jars) {
        Ok(files) => files,
        Err(error) => return record.note(format!("size of the jars: {}: {error}", jars.display())),
    };
    for (contestant, names) in JARS {
        let is_one = |name: &str| names.iter().any(|start| name.starts_with(start));
        let those: Vec<_> = files.iter().filter(|(name, _)| is_one(name)).collect();
        if !those.is_empty() {
            let bytes = those.iter().map(|(_, bytes)| bytes).sum();
            let jars = format!("jars of {contestant}");
            record.reading("size", &jars, &those);
            record.add([Sample::new(size(), jars, float(bytes))]);
        }
    }
}

/// The libraries in a folder, by the name of the folder each is in.
fn libraries(folder: &Path) -> io::Result<Vec<(String, u64)>> {
    let mut found = Vec::new();
    for platform in fs::read_dir(folder)? {
        let platform = platform?;
        for (name, bytes) in files(&platform.path())? {
            if name.starts_with("libaldis.") {
                found.push((platform.file_name().to_string_lossy().into_owned(), bytes));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Names and sizes of the files in a folder.
fn files(folder: &Path) -> io::Result<Vec<(String, u64)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        if metadata.is_file() {
            found.push((entry.file_name().to_string_lossy().into_owned(), metadata.len()));
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(folder: &Path, name: &str, bytes: usize) {
        fs::create_dir_all(folder).expect("a folder");
        fs::write(folder.join(name), vec![0; bytes]).expect("a file");
    }

    #[test]
    fn libraries_and_jars_are_weighed() {
        let folder = tempfile::tempdir().expect("a folder");
        let (target, jars) = (folder.path().join("target"), folder.path().join("lib"));
        put(&target.join("library/native/linux-x86-64"), "libaldis.so", 200);
        put(&target.join("android/jni/arm64-v8a"), "libaldis.so", 300);
        put(&jars, "okhttp-jvm-5.5.1.jar", 40);
        put(&jars, "okio-jvm-3.16.jar", 2);
        put(&jars, "kotlin-stdlib-2.4.10.jar", 1_000);

        let mut record = Record::new();
        run(&target, &jars, &Selection::of(&[]).expect("all"), &mut record);

        let samples = record.samples.iter();
        let told: Vec<_> = samples.map(|it| (it.contestant.as_str(), it.value)).collect();
        let expected = [
            ("libaldis for linux-x86-64", 200.0),
            ("libaldis for arm64-v8a", 300.0),
            ("jars of okhttp-jca", 42.0),
        ];
        assert_eq!(told, expected);
    }
}

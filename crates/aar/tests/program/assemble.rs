//! Archives out of parts.

use std::fs::File;
use std::io::{Cursor, Read};
use std::time::{Duration, SystemTime};

use zip::{CompressionMethod, DateTime, ZipArchive};

use crate::support::{Folder, zip};

const ARGS: [&str; 16] = [
    "assemble",
    "--manifest",
    "AndroidManifest.xml",
    "--rules",
    "rules.pro",
    "--classes",
    "classes",
    "binding.jar",
    "--native",
    "jni",
    "--file",
    "META-INF/LICENSE-MIT=LICENSE-MIT",
    "--out",
    "out/aldis.aar",
    "--file",
    "META-INF/NOTICE=LICENSE-MIT",
];

/// The parts of an archive, of two modules.
fn parts() -> Folder {
    let folder = Folder::new();
    folder.write("AndroidManifest.xml", "<manifest/>");
    folder.write("rules.pro", "-keep class dev.aldis.ffi.** { *; }\n");
    folder.write("LICENSE-MIT", "do as you like\n");
    folder.write("classes/dev/aldis/SignalClient.class", "client");
    folder.write("classes/META-INF/aldis-kotlin.kotlin_module", "module");
    folder.write("classes/META-INF/LICENSE-MIT", "do as you like\n");
    folder.write("classes/META-INF/MANIFEST.MF", "Created-By: somebody\n");
    let binding = [
        ("META-INF/MANIFEST.MF", "Created-By: somebody else\n"),
        ("META-INF/maven/dev.aldis/aldis-kotlin-ffi/pom.xml", "<project/>"),
        ("META-INF/aldis-kotlin-ffi.kotlin_module", "module"),
        ("META-INF/LICENSE-MIT", "do as you like\n"),
        ("dev/aldis/native/linux-x86-64/libaldis.so", "for desktops"),
        ("dev/aldis/ffi/Lib.class", "binding"),
        ("dev/aldis/ffi/Face.class", "binding too"),
    ];
    folder.write("binding.jar", zip(binding));
    folder.write("jni/x86_64/libaldis.so", "for emulators");
    folder.write("jni/arm64-v8a/libaldis.so", "for telephones");
    folder
}

fn unpacked(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = Vec::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        assert_eq!(file.last_modified(), Some(DateTime::DEFAULT));
        assert_eq!(file.compression(), CompressionMethod::Deflated);
        assert_eq!(file.extra_data().unwrap_or_default(), b"");
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        files.push((file.name().unwrap().into_owned(), content));
    }
    files
}

fn names(files: &[(String, Vec<u8>)]) -> Vec<&str> {
    files.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn an_archive_has_what_belongs_to_it_and_nothing_else() {
    let folder = parts();
    let said = folder.succeed(&ARGS);
    let archive = folder.read("out/aldis.aar");
    let size = archive.len();
    let expected = format!("  ✓ {size} bytes in out/aldis.aar: 3 classes, arm64-v8a, x86_64\n");
    assert_eq!(said, expected);

    let files = unpacked(&archive);
    let expected = [
        "AndroidManifest.xml",
        "META-INF/LICENSE-MIT",
        "META-INF/NOTICE",
        "META-INF/com/android/build/gradle/aar-metadata.properties",
        "R.txt",
        "classes.jar",
        "jni/arm64-v8a/libaldis.so",
        "jni/x86_64/libaldis.so",
        "proguard.txt",
    ];
    assert_eq!(names(&files), expected);
    let metadata = "aarFormatVersion=1.0\naarMetadataVersion=1.0\nminCompileSdk=1\n\
        minCompileSdkExtension=0\nminAndroidGradlePluginVersion=1.0.0\n\
        coreLibraryDesugaringEnabled=false\n";
    assert_eq!(files[3].1, metadata.as_bytes());
    assert_eq!(files[4].1, b"");
    assert_eq!(files[6].1, b"for telephones");

    let classes = unpacked(&files[5].1);
    let expected = [
        "META-INF/aldis-kotlin-ffi.kotlin_module",
        "META-INF/aldis-kotlin.kotlin_module",
        "dev/aldis/SignalClient.class",
        "dev/aldis/ffi/Face.class",
        "dev/aldis/ffi/Lib.class",
    ];
    assert_eq!(names(&classes), expected);
    assert_eq!(classes[2].1, b"client");
}

#[test]
fn the_same_parts_give_the_same_bytes() {
    let folder = parts();
    folder.succeed(&ARGS);
    let first = folder.read("out/aldis.aar");

    let later = SystemTime::now() + Duration::from_hours(24);
    let touched = File::options()
        .write(true)
        .open(folder.path().join("classes/dev/aldis/SignalClient.class"));
    touched.unwrap().set_modified(later).unwrap();
    folder.succeed(&ARGS);
    assert_eq!(folder.read("out/aldis.aar"), first);

    folder.write("rules.pro", "# another rule\n");
    folder.succeed(&ARGS);
    assert_ne!(folder.read("out/aldis.aar"), first);
}

#[test]
fn only_the_abis_that_are_asked_for_are_taken() {
    let folder = parts();
    folder.write("jni/x86/libaldis.so", "for old emulators");
    folder.succeed(&[&ARGS[..], &["--abi", "arm64-v8a"]].concat());
    let files = unpacked(&folder.read("out/aldis.aar"));
    let libraries: Vec<_> =
        names(&files).into_iter().filter(|name| name.starts_with("jni/")).collect();
    assert_eq!(libraries, ["jni/arm64-v8a/libaldis.so"]);
}

#[test]
fn a_class_in_two_sources_is_told_with_both() {
    let folder = parts();
    folder.write("classes/dev/aldis/ffi/Lib.class", "a second one");
    let error =
        "dev/aldis/ffi/Lib.class is in both classes and binding.jar; one of the two has to go";
    folder.fail(&ARGS, error);
}

#[test]
fn a_file_at_a_place_that_is_taken_is_refused() {
    let folder = parts();
    let args = [&ARGS[..], &["--file", "proguard.txt=LICENSE-MIT"]].concat();
    let error = "proguard.txt is in both rules.pro and LICENSE-MIT; one of the two has to go";
    folder.fail(&args, error);
}

#[test]
fn a_part_that_is_lacking_is_named() {
    let folder = parts();
    folder.write("jni/mips/libaldis.so", "for nobody");
    folder.fail(&ARGS, "jni/mips is no ABI: arm64-v8a, armeabi-v7a, x86 and x86_64 are");

    let args = [&ARGS[..], &["--abi", "armeabi-v7a"]].concat();
    let error =
        "jni/armeabi-v7a/libaldis.so cannot be read: No such file or directory (os error 2)";
    folder.fail(&args, error);

    let folder = parts();
    folder.write("binding.jar", "not a jar");
    let output = folder.run(&ARGS);
    let error = crate::support::text(&output.stderr);
    assert!(
        error.starts_with("error: binding.jar cannot be taken apart: it is no ZIP archive"),
        "{error}"
    );
}

#[test]
fn a_path_that_leaves_the_archive_is_refused() {
    let folder = parts();
    let output = folder.run(&[&ARGS[..], &["--file", "../x=LICENSE-MIT"]].concat());
    assert_eq!(output.status.code(), Some(2));
    let error = crate::support::text(&output.stderr);
    assert!(error.contains(r#""../x" is no path in an archive"#), "{error}");
}

//! Broken archives, one thing at a time: what is in them beside libraries.

use crate::elf::Elf;
use crate::sample::{METADATA, Sample, check, class};
use crate::support::{Folder, text};

/// What is found in an archive that is broken like this.
#[track_caller]
fn findings(break_it: impl FnOnce(&mut Sample)) -> Vec<String> {
    let mut sample = Sample::new();
    break_it(&mut sample);
    sample.check(&[])
}

#[test]
fn a_good_archive_passes() {
    let folder = Folder::new();
    folder.write("aldis.aar", Sample::new().bytes());
    assert_eq!(check(&folder, &[]), [""; 0]);
    let said = folder.succeed(&["check", "aldis.aar", "--symbols", "symbols.txt"]);
    assert!(said.starts_with("\n▸ The archive\n  ✓ 10 files, each in its place\n"), "{said}");
    for line in [
        "  ✓ For arm64-v8a, armeabi-v7a, x86_64",
        "  ✓ 9 rules, none too wide",
        "  ✓ 3 classes, all of them ours",
        "▸ arm64-v8a libaldis.so",
        "  ✓ 6 exports, all of them ours",
        "  ✓ 3 symbols of bionic, at API 24",
        "  ✓ No file tells of it",
    ] {
        assert!(said.lines().any(|said| said == line), "{line}: {said}");
    }
    assert!(!said.contains('\u{1b}'), "colours in a pipe");

    let said = folder.succeed(&["check", "aldis.aar"]);
    let note = "  ! NOT CHECKED: its symbols, for no list of bionic's was given";
    assert_eq!(said.lines().filter(|line| *line == note).count(), 3);
}

#[test]
fn all_checks_run_even_when_one_fails() {
    let found = findings(|sample| {
        sample.files.remove("R.txt");
        sample.put("proguard.txt", "# nothing\n");
        sample.classes.remove("dev/aldis/ffi/Face.class");
        sample.put("META-INF/NOTICE", "made in /home/ann/aldis");
    });
    let expected = [
        "It has no R.txt; it has to be there, and empty",
        "It is empty: R8 would take away what JNA and Rust look up by name",
        "It has no class in dev/aldis/ffi/: the binding is lacking",
        "META-INF/NOTICE tells of /home/ann/",
    ];
    assert_eq!(found, expected);
}

#[test]
fn the_abis_are_those_asked_for() {
    let found = findings(|sample| drop(sample.files.remove("jni/x86_64/libaldis.so")));
    assert_eq!(found, ["It has no jni/x86_64/libaldis.so"]);
    let extra = "It has jni/x86, and only arm64-v8a, armeabi-v7a, x86_64 are asked for";
    assert_eq!(findings(|sample| sample.put_library("x86", &Elf::of("x86"))), [extra]);

    let mut sample = Sample::new();
    sample.put_library("x86", &Elf::of("x86"));
    assert_eq!(sample.check(&["--abi", "arm64-v8a,armeabi-v7a,x86,x86_64"]), [""; 0]);
    let found = Sample::new().check(&["--abi", "arm64-v8a", "--abi", "armeabi-v7a"]);
    assert_eq!(found, ["It has jni/x86_64, and only arm64-v8a, armeabi-v7a are asked for"]);
}

#[test]
fn every_file_has_its_place() {
    for name in ["res/values/values.xml", "libs/jna.jar", "jni/arm64-v8a/libc++_shared.so"] {
        let found = findings(|sample| sample.put(name, "content"));
        assert_eq!(found, [format!("It has what does not belong to it: {name}")]);
    }
    let found = findings(|sample| drop(sample.files.remove("META-INF/LICENSE-MIT")));
    assert_eq!(found, ["It has no META-INF/LICENSE-MIT"]);
    let found = findings(|sample| sample.put("R.txt", "int string app_name 0x7f010001\n"));
    assert_eq!(found, ["R.txt names resources, and there are none"]);
}

#[test]
fn the_metadata_is_as_documented() {
    let found = findings(|sample| drop(sample.files.remove(METADATA)));
    assert_eq!(found, [format!("It has no {METADATA}")]);
    let found = findings(|sample| {
        let metadata = text(&sample.files[METADATA]);
        sample.put(METADATA, metadata.replace("minCompileSdk=1\n", "minCompileSdk=36\n"));
    });
    assert_eq!(found, ["The metadata lacks minCompileSdk=1", "The metadata says minCompileSdk=36"]);
}

#[test]
fn classes_are_ours_and_complete() {
    for name in ["dev/aldis/SignalClient.class", "dev/aldis/android/Aldis.class"] {
        let found = findings(|sample| drop(sample.classes.remove(name)));
        assert_eq!(found, [format!("It has no {name}")]);
    }
    let found = findings(|sample| sample.put_class("kotlin/Unit.class", class(52)));
    assert_eq!(found, ["It has classes outside dev.aldis: kotlin/Unit.class"]);
    for name in ["dev/aldis/native/linux-x86-64/libaldis.so", "com/sun/jna/jnidispatch.dll"] {
        let found = findings(|sample| sample.put_class(name, "content"));
        let finding = format!("It has native libraries, which belong below jni: {name}");
        assert_eq!(found, [finding]);
    }
    let found = findings(|sample| sample.put_class("META-INF/LICENSE-MIT", "licence"));
    assert_eq!(found, ["It has what does not belong to it: META-INF/LICENSE-MIT"]);
    let found = findings(|sample| sample.classes.clear());
    assert_eq!(found, ["It is lacking"]);
    let found = findings(|sample| {
        sample.classes.clear();
        sample.put("classes.jar", "not a jar");
    });
    assert!(found[0].starts_with("It cannot be taken apart: it is no ZIP archive"), "{found:?}");
}

#[test]
fn class_files_are_for_old_virtual_machines_too() {
    let found = findings(|sample| sample.put_class("dev/aldis/New.class", class(61)));
    assert_eq!(found, ["It has classes for a Java newer than 11: dev/aldis/New.class for Java 17"]);
    let found = findings(|sample| sample.put_class("dev/aldis/None.class", "text"));
    assert_eq!(found, ["It has classes that are none: dev/aldis/None.class"]);
}

#[test]
fn nothing_tells_where_it_was_built() {
    for path in ["/home/ann/aldis/src", "/Users/ann/aldis", "/root/aldis"] {
        let directory = path.split("aldis").next().unwrap();
        let found = findings(|sample| {
            sample.put_class("dev/aldis/X.class", [class(55), path.into()].concat());
        });
        assert_eq!(found, [format!("classes.jar (dev/aldis/X.class) tells of {directory}")]);
    }
    let found = findings(|sample| {
        let mut library = Elf::of("x86_64");
        library.content = "\0/home/ann/.cargo/registry\0/home/ann/aldis\0/work/shop/aldis/src\0";
        sample.put_library("x86_64", &library);
    });
    assert_eq!(found, ["jni/x86_64/libaldis.so tells of /home/ann/"]);

    let mut sample = Sample::new();
    sample.put("META-INF/NOTICE", "made in /work/shop/aldis/src, not in /work/shop-2");
    let found = sample.check(&["--checkout", "/work/shop"]);
    assert_eq!(found, ["META-INF/NOTICE tells of /work/shop/"]);
}

#[test]
fn what_is_no_archive_is_told() {
    let folder = Folder::new();
    folder.write("aldis.aar", "not an archive");
    let found = check(&folder, &[]);
    assert!(found[0].starts_with("It cannot be taken apart: it is no ZIP archive"), "{found:?}");
    folder.fail(
        &["check", "other.aar"],
        "other.aar cannot be read: No such file or directory (os error 2)",
    );
}

#[test]
fn the_budget_is_kept() {
    let folder = Folder::new();
    let archive = Sample::new().bytes();
    folder.write("aldis.aar", &archive);
    let (bytes, library) = (archive.len(), Elf::of("arm64-v8a").bytes().len());
    let budget = |aar: usize, arm64: usize| {
        format!(
            "# most bytes\n\naar {aar}\narm64-v8a {arm64} # a word\narmeabi-v7a 5000\nx86_64 5000\n"
        )
    };
    folder.write("budget.txt", budget(bytes, library));
    assert_eq!(check(&folder, &["--budget", "budget.txt"]), [""; 0]);

    folder.write("budget.txt", budget(bytes - 7, library - 1));
    let expected = [
        format!("arm64-v8a: {library} bytes, 1 more than the {} in budget.txt", library - 1),
        format!("aar: {bytes} bytes, 7 more than the {} in budget.txt", bytes - 7),
    ];
    assert_eq!(check(&folder, &["--budget", "budget.txt"]), expected);

    folder.write("budget.txt", budget(bytes, library).replace("x86_64 5000\n", ""));
    let expected = format!("x86_64: {library} bytes, and budget.txt has no budget for it");
    assert_eq!(check(&folder, &["--budget", "budget.txt"]), [expected]);
}

#[test]
fn lists_that_cannot_be_read_are_refused() {
    let folder = Folder::new();
    folder.write("aldis.aar", Sample::new().bytes());
    folder.write("budget.txt", "aar 1\nmips 5\n");
    let error = "line 2 of budget.txt is neither ABI BYTES nor aar BYTES: mips 5";
    folder.fail(&["check", "aldis.aar", "--budget", "budget.txt"], error);
    folder.write("symbols.txt", "libc malloc\nlibc\n");
    let error = "line 2 of symbols.txt is not LIBRARY SYMBOL [ARCHS]: libc";
    folder.fail(&["check", "aldis.aar", "--symbols", "symbols.txt"], error);
    folder.write("symbols.txt", "# nothing\n");
    let error = "symbols.txt names no symbol";
    folder.fail(&["check", "aldis.aar", "--symbols", "symbols.txt"], error);
}

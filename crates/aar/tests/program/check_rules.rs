//! Rules for R8 that keep too much or nothing.

use crate::sample::{RULES, Sample};

/// What is found where these rules come after the good ones.
#[track_caller]
fn with(rules: &str) -> Vec<String> {
    let mut sample = Sample::new();
    sample.put("proguard.txt", format!("{RULES}{rules}\n"));
    sample.check(&[])
}

#[test]
fn rules_that_keep_nothing_are_no_rules() {
    for rules in ["", "\n", "# -keep class dev.aldis.ffi.** { *; }\n"] {
        let mut sample = Sample::new();
        sample.put("proguard.txt", rules);
        let finding = "It is empty: R8 would take away what JNA and Rust look up by name";
        assert_eq!(sample.check(&[]), [finding]);
    }
    let mut sample = Sample::new();
    sample.files.remove("proguard.txt");
    assert_eq!(sample.check(&[]), ["It is lacking"]);
}

#[test]
fn wildcards_stay_within_what_is_looked_up_by_name() {
    let too_wide = [
        "*",
        "**",
        "**.*",
        "dev.**",
        "dev.aldis.**",
        "dev.aldis.*",
        "dev.aldis**",
        "kotlin.**",
        "kotlinx.coroutines.**",
        "androidx.lifecycle.**",
        "com.sun.**",
        "java.**",
        "a?",
    ];
    for name in too_wide {
        for option in ["-keep", "-keepnames", "-keepclassmembers", "-keepclasseswithmembers"] {
            let found = with(&format!("{option} class {name} {{ *; }}"));
            let finding = format!(
                "{option} of {name} is too wide: wildcards belong below com.sun.jna, \
                 or into a package below dev.aldis"
            );
            assert_eq!(found, [finding]);
        }
    }
}

#[test]
fn a_wide_name_is_found_wherever_it_stands() {
    let told = |name: &str| {
        format!(
            "-keep of {name} is too wide: wildcards belong below com.sun.jna, \
             or into a package below dev.aldis"
        )
    };
    for rule in [
        "-keep,allowobfuscation,allowshrinking class **",
        "-keep public final class ** extends java.lang.Object { *; }",
        "-keep !abstract class dev.aldis.ffi.Face, ** { *; }",
        "-keep @androidx.annotation.Keep class **",
        "-keep\n  interface\n  **\n{ native <methods>; }",
        "-keep class dev.aldis.ffi.Face { int a-b; }-keep class **",
    ] {
        assert_eq!(with(rule), [told("**")], "{rule}");
    }
    for rule in [
        "-keep class !dev.aldis.**, dev.aldis.ffi.Face",
        "-keep @dev.aldis.internal.CalledByName class * { *; }",
        "-keep class ** implements dev.aldis.ffi.Listener",
        "-keep @interface dev.aldis.internal.CalledByName",
    ] {
        assert_eq!(with(rule), [""; 0], "{rule}");
    }
    assert_eq!(with("-keep class { *; }"), ["-keep class  names no class"]);
}

#[test]
fn the_app_decides_for_itself() {
    for option in ["-dontobfuscate", "-dontoptimize", "-dontshrink", "-ignorewarnings"] {
        let finding = format!("{option} is for the app to decide, not for a library");
        assert_eq!(with(option), [finding]);
    }
    for option in ["-allowaccessmodification", "-repackageclasses x", "-printmapping out.txt"] {
        let name = option.split(' ').next().unwrap();
        assert_eq!(with(option), [format!("{name} has no place in the rules of a library")]);
    }
}

#[test]
fn warnings_are_hidden_by_package_only() {
    for (rule, pattern) in
        [("-dontwarn", "**"), ("-dontwarn **", "**"), ("-dontnote java**", "java**")]
    {
        let option = rule.split(' ').next().unwrap();
        assert_eq!(with(rule), [format!("{option} {pattern} hides warnings of the whole app")]);
    }
    assert_eq!(with("-dontwarn javax.swing.**, java.awt.Component"), [""; 0]);
    assert_eq!(with("-keepattributes *"), ["-keepattributes * keeps what nobody asks for"]);
}

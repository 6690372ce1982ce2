//! An archive that passes all checks, for tests to break.

use std::collections::BTreeMap;

use crate::elf::Elf;
use crate::support::{Folder, text, zip};

pub(crate) const ABIS: [&str; 3] = ["arm64-v8a", "armeabi-v7a", "x86_64"];

pub(crate) const MANIFEST: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="dev.aldis.android">
    <uses-sdk android:minSdkVersion="24" />
    <uses-permission android:name="android.permission.INTERNET" />
    <uses-permission android:name="android.permission.ACCESS_NETWORK_STATE" />
</manifest>
"#;

pub(crate) const RULES: &str = "\
# JNA is called by name.
-keep class com.sun.jna.** { *; }
-keep class * extends com.sun.jna.Structure { *; }
-keepclassmembers,allowobfuscation class * implements com.sun.jna.Callback { public *; }
-keep class dev.aldis.ffi.** { *; }
-keep class dev.aldis.internal.Lane { native <methods>; }
-if class dev.aldis.SignalClient
-keepnames class kotlinx.coroutines.internal.MainDispatcherFactory {}
-keepattributes RuntimeVisibleAnnotations, Signature
-dontwarn java.awt.**
";

pub(crate) const METADATA: &str = "META-INF/com/android/build/gradle/aar-metadata.properties";

/// The files of an archive, and those of its `classes.jar`.
#[derive(Clone)]
pub(crate) struct Sample {
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    pub(crate) classes: BTreeMap<String, Vec<u8>>,
}

/// A class file of this version.
pub(crate) fn class(major: u8) -> Vec<u8> {
    [&[0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, major], &b"the rest"[..]].concat()
}

impl Sample {
    pub(crate) fn new() -> Self {
        let metadata = "aarFormatVersion=1.0\naarMetadataVersion=1.0\nminCompileSdk=1\n\
            minCompileSdkExtension=0\nminAndroidGradlePluginVersion=1.0.0\n\
            coreLibraryDesugaringEnabled=false\n";
        let mut sample = Self { files: BTreeMap::new(), classes: BTreeMap::new() };
        sample.put("AndroidManifest.xml", MANIFEST);
        sample.put("proguard.txt", RULES);
        sample.put("R.txt", "");
        sample.put(METADATA, metadata);
        sample.put("META-INF/LICENSE-APACHE", "licence");
        sample.put("META-INF/LICENSE-MIT", "licence");
        for abi in ABIS {
            sample.put_library(abi, &Elf::of(abi));
        }
        for name in ["SignalClient", "android/Aldis", "ffi/Face"] {
            sample.put_class(&format!("dev/aldis/{name}.class"), class(55));
        }
        sample.put_class("META-INF/aldis-android.kotlin_module", "module");
        sample
    }

    pub(crate) fn put(&mut self, name: &str, content: impl AsRef<[u8]>) {
        self.files.insert(name.into(), content.as_ref().into());
    }

    pub(crate) fn put_class(&mut self, name: &str, content: impl AsRef<[u8]>) {
        self.classes.insert(name.into(), content.as_ref().into());
    }

    pub(crate) fn put_library(&mut self, abi: &str, library: &Elf) {
        self.put(&format!("jni/{abi}/libaldis.so"), library.bytes());
    }

    /// The archive.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut files = self.files.clone();
        if !self.classes.is_empty() {
            files.insert("classes.jar".into(), zip(&self.classes));
        }
        zip(&files)
    }

    /// Runs the checks, and returns what they find.
    #[track_caller]
    pub(crate) fn check(&self, args: &[&str]) -> Vec<String> {
        let folder = Folder::new();
        folder.write("aldis.aar", self.bytes());
        check(&folder, args)
    }
}

/// Checks `aldis.aar` in the folder with a list of symbols, and returns what is found.
#[track_caller]
pub(crate) fn check(folder: &Folder, args: &[&str]) -> Vec<String> {
    let symbols =
        "# A few.\nlibc malloc\nlibm sin\nlibm fabsl arm64,x86_64\nliblog __android_log_write\n";
    folder.write("symbols.txt", symbols);
    let output = folder.run(&[&["check", "aldis.aar", "--symbols", "symbols.txt"], args].concat());
    let said = text(&output.stdout);
    let findings: Vec<_> =
        said.lines().filter_map(|line| line.strip_prefix("  ✗ ")).map(str::to_owned).collect();
    let things = if findings.len() == 1 { "thing" } else { "things" };
    let count = findings.len();
    if findings.is_empty() {
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(text(&output.stderr), "");
    } else {
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let error = format!("✗ aldis.aar is not fit to be shipped: {count} {things}, see above\n");
        assert_eq!(text(&output.stderr), error);
    }
    findings
}

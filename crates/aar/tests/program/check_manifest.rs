//! Manifests that would ask an app for more than Aldis needs, or for less.

use crate::sample::{MANIFEST, Sample};

const PERMISSION: &str = r#"<uses-permission android:name="android.permission.INTERNET" />"#;
const LINK_CHECK: &str = r#"<application><meta-data android:name="dev.aldis.build" android:value="link-check"/></application>"#;

/// What is found where this text of the manifest is replaced.
#[track_caller]
fn findings(from: &str, to: &str) -> Vec<String> {
    let mut sample = Sample::new();
    assert!(MANIFEST.contains(from), "{from}");
    sample.put("AndroidManifest.xml", MANIFEST.replacen(from, to, 1));
    sample.check(&[])
}

/// What is found where this element is added.
#[track_caller]
fn with(element: &str) -> Vec<String> {
    findings("</manifest>", &format!("{element}\n</manifest>"))
}

#[test]
fn package_and_api_level_are_ours() {
    let found = findings("dev.aldis.android", "dev.aldis");
    assert_eq!(found, ["Its package is dev.aldis, not dev.aldis.android"]);
    let found = findings(r#" package="dev.aldis.android""#, "");
    assert_eq!(found, ["It names no package; it has to be dev.aldis.android"]);
    let found = findings(r#"minSdkVersion="24""#, r#"minSdkVersion="26""#);
    assert_eq!(found, ["Its minSdkVersion is 26, not 24"]);
    let found = findings(r#"android:minSdkVersion="24""#, r#"android:targetSdkVersion="36""#);
    let expected = [
        "It has no minSdkVersion; it has to be 24",
        "<uses-sdk> sets targetSdkVersion, which is the app's",
    ];
    assert_eq!(found, expected);
    let found = findings(r#"<uses-sdk android:minSdkVersion="24" />"#, "");
    assert_eq!(found, ["It has to have one <uses-sdk>, with minSdkVersion 24"]);
}

#[test]
fn permissions_are_the_two_and_no_other() {
    let found = findings(PERMISSION, "");
    assert_eq!(found, ["It does not ask for android.permission.INTERNET"]);
    let found = with(&PERMISSION.replace("INTERNET", "WAKE_LOCK"));
    assert_eq!(found, ["It asks for the permission android.permission.WAKE_LOCK"]);
    assert_eq!(with(PERMISSION), ["It asks for android.permission.INTERNET twice"]);
    let found = findings(PERMISSION, &PERMISSION.replace("/>", r#"android:maxSdkVersion="30"/>"#));
    assert_eq!(found, ["It asks for android.permission.INTERNET with maxSdkVersion"]);
}

#[test]
fn nothing_else_comes_into_an_app() {
    let found = with(r#"<uses-feature android:name="android.hardware.wifi"/>"#);
    assert_eq!(found, ["<uses-feature> has no place in it: android.hardware.wifi"]);
    assert_eq!(with("<queries/>"), ["<queries> has no place in it"]);
    for component in ["activity", "receiver", "provider", "service", "meta-data"] {
        let element = format!(r#"<application><{component} android:name="x.Y"/></application>"#);
        assert_eq!(with(&element), [format!("<{component}> has no place in it: x.Y")]);
    }
    let found = with(r#"<application android:usesCleartextTraffic="true"/>"#);
    assert_eq!(found, ["<application> sets usesCleartextTraffic, which is the app's"]);
}

#[test]
fn a_link_check_says_so_and_nothing_else_does() {
    let found = with(LINK_CHECK);
    assert_eq!(found, ["It says dev.aldis.build = link-check, which only a link check does"]);
    let found = Sample::new().check(&["--link-check"]);
    assert_eq!(found, ["It does not say dev.aldis.build = link-check, and is a link check"]);

    let mut sample = Sample::new();
    let manifest = MANIFEST.replace("</manifest>", &format!("{LINK_CHECK}</manifest>"));
    sample.put("AndroidManifest.xml", &manifest);
    assert_eq!(sample.check(&["--link-check"]), [""; 0]);
    sample.put("AndroidManifest.xml", manifest.replace("\"link-check\"", "\"release\""));
    let found = sample.check(&["--link-check"]);
    assert_eq!(found, ["It says dev.aldis.build = release, not link-check"]);
}

#[test]
fn what_is_no_manifest_is_told() {
    let mut sample = Sample::new();
    sample.put("AndroidManifest.xml", b"\x03\0\x08\0\xfe\xff");
    let finding = "It is no text: an archive has the manifest as it was written, not compiled";
    assert_eq!(sample.check(&[]), [finding]);
    sample.put("AndroidManifest.xml", "<manifest>");
    let found = sample.check(&[]);
    assert!(found[0].starts_with("It is no XML: "), "{found:?}");
    sample.put("AndroidManifest.xml", "<resources/>");
    assert_eq!(sample.check(&[]), ["Its root is <resources>, not <manifest>"]);
    sample.files.remove("AndroidManifest.xml");
    assert_eq!(sample.check(&[]), ["It is lacking"]);
}

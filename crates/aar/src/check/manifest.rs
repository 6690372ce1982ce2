//! Whether the manifest asks an app for what Aldis needs, and for nothing more.

use std::collections::BTreeSet;

use roxmltree::{Document, Node};

use crate::report::Section;

/// Android's own attributes.
const ANDROID: &str = "http://schemas.android.com/apk/res/android";
const PACKAGE: &str = "dev.aldis.android";
const MIN_SDK: &str = "24";
const PERMISSIONS: [&str; 2] =
    ["android.permission.ACCESS_NETWORK_STATE", "android.permission.INTERNET"];
/// What an archive that was linked without the NDK says of itself, and with what.
const BUILD: &str = "dev.aldis.build";
const LINK_CHECK: &str = "link-check";

pub(super) fn examine(manifest: Option<&[u8]>, link_check: bool) -> Section {
    let mut section = Section::new("AndroidManifest.xml");
    let Some(manifest) = manifest else {
        section.bad("It is lacking");
        return section;
    };
    let Ok(text) = str::from_utf8(manifest) else {
        section.bad("It is no text: an archive has the manifest as it was written, not compiled");
        return section;
    };
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            section.bad(format!("It is no XML: {error}"));
            return section;
        }
    };
    let root = document.root_element();
    if !root.has_tag_name("manifest") {
        section.bad(format!("Its root is <{}>, not <manifest>", root.tag_name().name()));
        return section;
    }
    section.judge(package(root), format!("Package {PACKAGE}"));
    section.judge(min_sdk(root), format!("From API level {MIN_SDK} on"));
    section.judge(permissions(root), "INTERNET and ACCESS_NETWORK_STATE, and no other permission");
    section.judge(components(root), "No component, and no setting that is the app's");
    let build = if link_check { "Says that it is a link check" } else { "No link check" };
    section.judge(build_kind(root, link_check), build);
    section
}

fn package(root: Node<'_, '_>) -> Vec<String> {
    match root.attribute("package") {
        Some(PACKAGE) => Vec::new(),
        Some(other) => vec![format!("Its package is {other}, not {PACKAGE}")],
        None => vec![format!("It names no package; it has to be {PACKAGE}")],
    }
}

fn min_sdk(root: Node<'_, '_>) -> Vec<String> {
    let mut elements = children(root).filter(|node| node.has_tag_name("uses-sdk"));
    let (Some(element), None) = (elements.next(), elements.next()) else {
        return vec![format!("It has to have one <uses-sdk>, with minSdkVersion {MIN_SDK}")];
    };
    let mut findings = Vec::new();
    match element.attribute((ANDROID, "minSdkVersion")) {
        Some(MIN_SDK) => {}
        Some(other) => findings.push(format!("Its minSdkVersion is {other}, not {MIN_SDK}")),
        None => findings.push(format!("It has no minSdkVersion; it has to be {MIN_SDK}")),
    }
    let others = android_attributes(element).filter(|name| *name != "minSdkVersion");
    findings.extend(others.map(|name| format!("<uses-sdk> sets {name}, which is the app's")));
    findings
}

fn permissions(root: Node<'_, '_>) -> Vec<String> {
    let mut findings = Vec::new();
    let mut found = BTreeSet::new();
    for element in children(root).filter(|node| node.has_tag_name("uses-permission")) {
        let name = element.attribute((ANDROID, "name")).unwrap_or("no name");
        if !PERMISSIONS.contains(&name) {
            findings.push(format!("It asks for the permission {name}"));
        } else if !found.insert(name) {
            findings.push(format!("It asks for {name} twice"));
        }
        let others = android_attributes(element).filter(|name| *name != "name");
        findings.extend(others.map(|other| format!("It asks for {name} with {other}")));
    }
    let lacking = PERMISSIONS.iter().filter(|name| !found.contains(**name));
    findings.extend(lacking.map(|name| format!("It does not ask for {name}")));
    findings
}

/// Elements and attributes that would come into every app with the archive.
fn components(root: Node<'_, '_>) -> Vec<String> {
    let known = ["uses-sdk", "uses-permission", "application"];
    let mut findings: Vec<_> = children(root)
        .filter(|node| !known.contains(&node.tag_name().name()))
        .map(stranger)
        .collect();
    for application in children(root).filter(|node| node.has_tag_name("application")) {
        let settings = android_attributes(application);
        findings
            .extend(settings.map(|name| format!("<application> sets {name}, which is the app's")));
        findings.extend(children(application).filter(|node| !is_build_kind(*node)).map(stranger));
    }
    findings
}

fn stranger(node: Node<'_, '_>) -> String {
    let element = node.tag_name().name();
    match node.attribute((ANDROID, "name")) {
        Some(name) => format!("<{element}> has no place in it: {name}"),
        None => format!("<{element}> has no place in it"),
    }
}

fn is_build_kind(node: Node<'_, '_>) -> bool {
    node.has_tag_name("meta-data") && node.attribute((ANDROID, "name")) == Some(BUILD)
}

fn build_kind(root: Node<'_, '_>, link_check: bool) -> Vec<String> {
    let marks = root.descendants().filter(|node| is_build_kind(*node));
    let values: Vec<_> =
        marks.map(|node| node.attribute((ANDROID, "value")).unwrap_or_default()).collect();
    match (values.as_slice(), link_check) {
        ([], false) | ([LINK_CHECK], true) => Vec::new(),
        ([], true) => vec![format!("It does not say {BUILD} = {LINK_CHECK}, and is a link check")],
        (values, true) => {
            vec![format!("It says {BUILD} = {}, not {LINK_CHECK}", values.join(", "))]
        }
        (values, false) => {
            let values = values.join(", ");
            vec![format!("It says {BUILD} = {values}, which only a link check does")]
        }
    }
}

fn children<'a>(node: Node<'a, 'a>) -> impl Iterator<Item = Node<'a, 'a>> {
    node.children().filter(Node::is_element)
}

fn android_attributes<'a>(node: Node<'a, 'a>) -> impl Iterator<Item = &'a str> {
    let ours = node.attributes().filter(|attribute| attribute.namespace() == Some(ANDROID));
    ours.map(|attribute| attribute.name())
}
